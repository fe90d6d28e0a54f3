import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import type { Commit } from "./read-commit.ts";
import type { Repository } from "./find-repository.ts";
import { type HeadStep, readHeadLog } from "./head-log.ts";

/** Commits of which another one was made, and how. */
export interface CommitSources {
  readonly kind: "amend" | "cherry-pick" | "squash" | "revert" | "merge" | undefined;
  /** Whose lines may stand in the commit under new line numbers; of a revert the commit that it takes back. */
  readonly commits: readonly CommitSha[];
  /** Where HEAD stood before it was set back, or before the rebase in progress: what stands on them was made again. */
  readonly tips: readonly CommitSha[];
  /** A merge was begun on the parent and made no merge commit, as `merge --squash` does it. */
  readonly mayBeSquash: boolean;
}

/** So many steps of HEAD after it was set back, its former place is still asked. */
const stepsBack = 100;

/**
 * What git itself says of a commit's origin: what HEAD's log tells of the steps before it, the marks that a pick or a
 * rebase in progress leaves, and the words that git puts into messages. Starts no process.
 */
export function readSources(repository: Repository, commit: Commit): CommitSources {
  if (commit.parents.length > 1)
    return { kind: "merge", commits: [], tips: [], mayBeSquash: false };
  const log = readHeadLog(repository);
  const at = log.findLastIndex(({ after }) => after === commit.sha);
  const isLast = at >= 0 && at === log.length - 1;
  const tips = [...formerTips(log, at), ...(isLast ? rebasedTip(repository) : [])];
  const parent = commit.parents[0];
  const mayBeSquash =
    isLast &&
    parent !== undefined &&
    readSha(repository, "ORIG_HEAD") === parent &&
    isMarkedSince(repository, log[at - 1]);
  return { ...readOrigin(repository, commit, log[at]), tips, mayBeSquash };
}

/**
 * Whether `ORIG_HEAD` was written after HEAD's last step. A reset writes it as well, and a checkout leaves it as it was: a
 * merge that was begun before either was thrown away, or is on another branch.
 */
function isMarkedSince({ gitDir }: Repository, step: HeadStep | undefined): boolean {
  if (step === undefined) return true;
  const mark = statSync(join(gitDir, "ORIG_HEAD"), { throwIfNoEntry: false });
  const written = Math.floor((mark?.mtimeMs ?? 0) / 1000);
  return step.action.startsWith("reset: ") ? written > step.at : written >= step.at;
}

function readOrigin(
  repository: Repository,
  commit: Commit,
  step: HeadStep | undefined,
): Pick<CommitSources, "kind" | "commits"> {
  if (step?.action.startsWith("commit (amend)") === true && isCommitSha(step.before)) {
    return { kind: "amend", commits: [step.before] };
  }
  const picked = /^\(cherry picked from commit ([0-9a-f]{40,64})\)$/m.exec(commit.message)?.[1];
  const source = isCommitSha(picked) ? picked : readSha(repository, "CHERRY_PICK_HEAD");
  if (source !== undefined) return { kind: "cherry-pick", commits: [source] };
  const reverted = /^This reverts commit ([0-9a-f]{40,64})/m.exec(commit.message)?.[1];
  if (isCommitSha(reverted)) return { kind: "revert", commits: [reverted] };
  if (!commit.message.includes("Squashed commit of the following:")) {
    return { kind: undefined, commits: [] };
  }
  const squashed = [...commit.message.matchAll(/^commit ([0-9a-f]{40,64})$/gm)]
    .map(([, sha]) => sha)
    .filter((sha) => isCommitSha(sha));
  // The newest stands first; what it says of a line is heard last.
  return { kind: "squash", commits: squashed.reverse() };
}

/**
 * Where HEAD stood before it was set back, as far as that was lately, or before the rebase that was going on. Of a rebase
 * that was over by then all commits have been made again already.
 */
function formerTips(log: readonly HeadStep[], at: number): CommitSha[] {
  // A first commit behind others is one of a branch that was begun anew with the same files.
  const isAnew = /^0+$/.test(log[at]?.before ?? "") ? log.slice(at - 1, at) : [];
  const from = isAnew.map(({ after }) => after).filter((sha) => isCommitSha(sha));
  const lately = log.slice(Math.max(0, at - stepsBack), Math.max(0, at));
  const isOver = lately.findLastIndex(({ action }) => /^rebase.*\((?:finish|abort)\)/.test(action));
  const setBack = lately
    .filter(
      ({ action }, step) =>
        action.startsWith("reset: ") || (step > isOver && /^rebase.*\(start\)/.test(action)),
    )
    .map(({ before }) => before)
    .filter((sha) => isCommitSha(sha));
  return [...from, ...setBack];
}

/** A rebase in progress notes where its branch stood. */
function rebasedTip(repository: Repository): CommitSha[] {
  return [join("rebase-merge", "orig-head"), join("rebase-apply", "orig-head")].flatMap(
    (name) => readSha(repository, name) ?? [],
  );
}

/** A mark of git's that holds a commit: `CHERRY_PICK_HEAD`, `ORIG_HEAD`, those of a rebase. */
function readSha({ gitDir }: Repository, name: string): CommitSha | undefined {
  const sha = readText(join(gitDir, name))?.trim();
  return isCommitSha(sha) ? sha : undefined;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
