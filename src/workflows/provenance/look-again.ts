import { listCommits } from "../../git/list-commits.ts";
import { pulledCommits } from "../../store/exchange/pulled-ledgers.ts";
import type { History } from "../../store/index/history.ts";
import { type PulledSeen, pulledBytes } from "../../store/looked-at.ts";
import type { Project } from "../projects/find-project.ts";
import { type LinkedCommit, linkCommit } from "./link-commit.ts";

export interface LookAgainOptions {
  /** Which pulled ledgers the commits were looked at with. */
  readonly seen: PulledSeen | undefined;
  /** Commits that nobody has looked at yet. */
  readonly fresh: ReadonlySet<string>;
  readonly history: History;
  readonly now: Date;
  readonly limit: { readonly commits: number; readonly milliseconds: number };
  readonly dryRun: boolean;
}

/** The host's clock may be behind that of whoever made the branch. */
const clockSkew = 3_600_000;

/**
 * Looks again at commits of HEAD that were looked at before the ledgers came that tell of them: a host's squash that git
 * had pulled, and only then the records of the branch it was made of. Those are asked that change a file of such a ledger
 * and were made after the oldest of these, oldest first, so that the cost follows what was pulled. A commit whose ledger
 * a pull brought stays as it is. Pending files are not asked: they are later than any of these commits.
 */
export async function lookAgain(
  project: Project,
  head: string,
  { seen, fresh, history, now, limit, dryRun }: LookAgainOptions,
): Promise<{ linked: LinkedCommit[]; seen: PulledSeen }> {
  const { git, paths } = project;
  const end = performance.now() + limit.milliseconds;
  const bytes = pulledBytes(paths);
  const known = seen !== undefined && seen.bytes <= bytes ? seen : { bytes: 0 };
  const from = known.rest?.from ?? known.bytes;
  const ledgers = [...history.ledgers([...pulledCommits(paths, from)]).values()];
  const since = ledgers
    .map((ledger) => Date.parse(ledger.committed_at ?? ""))
    .reduce((one, other) => (other < one ? other : one), Infinity);
  const linked: LinkedCommit[] = [];
  if (since === Infinity) return { linked, seen: { bytes } };
  const told = new Set(ledgers.flatMap((ledger) => Object.keys(ledger.files)));
  const theirs = pulledCommits(paths, 0);
  const range = { from: head, known: [], since: new Date(since - clockSkew) };
  const commits = await listCommits(git, range);
  // What came meanwhile may tell of all of them.
  const after = bytes > known.bytes ? undefined : known.rest?.after;
  const worth = commits
    .slice(commits.findIndex(({ sha }) => sha === after) + 1)
    .filter(
      ({ sha, paths: changed }) =>
        !fresh.has(sha) && !theirs.has(sha) && changed.some((path) => told.has(path)),
    );
  let last: string | undefined = after;
  for (const [at, { sha }] of worth.entries()) {
    if (at >= limit.commits || (at > 0 && performance.now() > end)) {
      return { linked, seen: { bytes, rest: { from, after: last } } };
    }
    linked.push(await linkCommit(project, sha, { now, elsewhere: true, isPast: true, dryRun }));
    last = sha;
  }
  return { linked, seen: { bytes } };
}
