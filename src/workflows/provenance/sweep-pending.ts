import { runGit } from "../../git/run-git.ts";
import { type PendingPlace, deletePending, eachPending, lockPending } from "../../store/pending.ts";
import type { Project } from "../projects/find-project.ts";

/** So long text that was left may come back: a stash, a branch that waits. */
const keptFor = 30 * 24 * 60 * 60 * 1000;

/**
 * Drops pending files that nobody has touched for 30 days and whose file is as HEAD has it: what they remember did not
 * come back. Asked for when a commit was looked at; costs a look at the directory where all is younger.
 */
export async function sweepPending(
  { git }: Project,
  place: PendingPlace,
  now: Date,
): Promise<void> {
  const before = now.getTime() - keptFor;
  const old = [...eachPending(place, { untouchedSince: before })].map(({ path }) => path);
  if (old.length === 0) return;
  const args = [
    "status",
    "--porcelain",
    "-z",
    "--no-renames",
    "--untracked-files=all",
    "--",
    ...old,
  ];
  const { exitCode, stdout } = await runGit(git, args);
  if (exitCode !== 0) return;
  const entries = new TextDecoder().decode(stdout).split("\0");
  const dirty = new Set(entries.map((entry) => entry.slice(3)));
  using _lock = lockPending(place);
  for (const { path } of eachPending(place, { untouchedSince: before })) {
    if (!dirty.has(path) && old.includes(path)) deletePending(place, path);
  }
}
