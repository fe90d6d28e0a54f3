import { AppError } from "../../errors.ts";
import { type CommitSha, isCommitSha } from "../../schema/ids.ts";
import { openHistory } from "../../store/open-history.ts";
import type { Project } from "../projects/find-project.ts";
import { annotateLinked } from "./annotate-linked.ts";
import { type LinkedCommit, linkCommit } from "./link-commit.ts";

/** A commit that took the place of others, in the order in which git says so. */
export interface Rewrite {
  readonly commit: CommitSha;
  readonly replaces: readonly CommitSha[];
}

/** Git's `old new` lines. Several old commits that became one, as a squash makes them, are one rewrite. */
export function parseRewrites(text: string): Rewrite[] {
  const replaced = new Map<CommitSha, CommitSha[]>();
  for (const line of text.split("\n")) {
    const [before, after] = line.trim().split(/\s+/);
    if (!isCommitSha(before) || !isCommitSha(after) || before === after) continue;
    const known = replaced.get(after);
    if (known === undefined) replaced.set(after, [before]);
    else known.push(before);
  }
  return [...replaced].map(([commit, replaces]) => ({ commit, replaces }));
}

/**
 * Links the new commits, each from what the ledgers of those say that it took the place of. A commit whose former ones
 * have none is what the post-commit hook, or the next opportunity, makes of it. Git drops commits that became empty
 * and may have thrown others away since: one that is gone is passed over.
 */
export async function rewriteLedgers(
  project: Project,
  rewrites: readonly Rewrite[],
  now: () => Date,
): Promise<LinkedCommit[]> {
  if (rewrites.length === 0) return [];
  const ledgers = ((): ReadonlySet<string> => {
    using history = openHistory(project.paths);
    return new Set(history.ledgers(rewrites.flatMap(({ replaces }) => replaces)).keys());
  })();
  const linked: LinkedCommit[] = [];
  for (const { commit, replaces } of rewrites) {
    if (!replaces.some((sha) => ledgers.has(sha))) continue;
    try {
      linked.push(await linkCommit(project, commit, { now: now(), replaces }));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "not_found") throw error;
    }
  }
  await annotateLinked(project, linked);
  return linked;
}
