import type { KnownCommit } from "../../service/derived/derived-records.ts";

/**
 * The commits that `to` has and `from` has not, as git's `from..to`. `gaps`: commits that these stand on and that were
 * not sent: what lies before them is not known.
 */
export function commitsBetween(
  commits: readonly KnownCommit[],
  from: string | null,
  to: string,
): { readonly shas: string[]; readonly gaps: number } {
  const known = new Map(commits.map((commit) => [commit.sha, commit]));
  const before = from === null ? new Set<string>() : reach(known, from, new Set());
  const found = reach(known, to, before);
  const shas = [...found].filter((sha) => known.has(sha));
  return { shas, gaps: found.size - shas.length };
}

/** A commit and all that it stands on, as far as they are known; not those that are left out. */
function reach(
  known: ReadonlyMap<string, KnownCommit>,
  start: string,
  without: ReadonlySet<string>,
): Set<string> {
  const found = new Set<string>();
  const open = [start];
  for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
    if (found.has(sha) || without.has(sha)) continue;
    found.add(sha);
    open.push(...(known.get(sha)?.parents ?? []));
  }
  return found;
}
