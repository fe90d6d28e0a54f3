import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import type { Commit } from "./read-commit.ts";
import type { Repository } from "./find-repository.ts";

/** Commits of which another one was made, and how. */
export interface CommitSources {
  readonly kind: "amend" | "cherry-pick" | "squash" | "revert" | "merge" | undefined;
  /** Whose lines may stand in the commit under new line numbers; of a revert the commit that it takes back. */
  readonly commits: readonly CommitSha[];
}

const none: CommitSources = { kind: undefined, commits: [] };

/**
 * What git itself says of a commit's origin: what HEAD's log tells of its last step, the marks that a pick in progress
 * leaves, and the words that git puts into messages. Starts no process.
 */
export function readSources(repository: Repository, commit: Commit): CommitSources {
  if (commit.parents.length > 1) return { kind: "merge", commits: [] };
  const amended = readAmended(repository, commit.sha);
  if (amended !== undefined) return { kind: "amend", commits: [amended] };
  const picked = /^\(cherry picked from commit ([0-9a-f]{40,64})\)$/m.exec(commit.message)?.[1];
  const source = isCommitSha(picked) ? picked : readPicked(repository);
  if (source !== undefined) return { kind: "cherry-pick", commits: [source] };
  const reverted = /^This reverts commit ([0-9a-f]{40,64})/m.exec(commit.message)?.[1];
  if (isCommitSha(reverted)) return { kind: "revert", commits: [reverted] };
  if (!commit.message.includes("Squashed commit of the following:")) return none;
  const squashed = [...commit.message.matchAll(/^commit ([0-9a-f]{40,64})$/gm)]
    .map(([, sha]) => sha)
    .filter((sha) => isCommitSha(sha));
  // The newest stands first; what it says of a line is heard last.
  return { kind: "squash", commits: squashed.reverse() };
}

/** The commit that this one took the place of, where that was HEAD's last step. */
function readAmended({ gitDir }: Repository, sha: CommitSha): CommitSha | undefined {
  const last = readText(join(gitDir, "logs", "HEAD"))
    ?.trimEnd()
    .split("\n")
    .at(-1);
  const [, before, after, action] = /^([0-9a-f]+) ([0-9a-f]+) [^\t]*\t(.*)$/.exec(last ?? "") ?? [];
  const isAmended = after === sha && action?.startsWith("commit (amend)") === true;
  return isAmended && isCommitSha(before) ? before : undefined;
}

/** A pick in progress marks its source until its commit is made and the hooks have run. */
function readPicked({ gitDir }: Repository): CommitSha | undefined {
  const sha = readText(join(gitDir, "CHERRY_PICK_HEAD"))?.trim();
  return isCommitSha(sha) ? sha : undefined;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
