import { AppError } from "../../errors.ts";
import { listCommits } from "../../git/list-commits.ts";
import { openObjects } from "../../git/open-objects.ts";
import { readCommit } from "../../git/read-commit.ts";
import { readHead } from "../../git/read-head.ts";
import { openHistory } from "../../store/open-history.ts";
import type { Project } from "../projects/find-project.ts";
import { linkInOrder } from "./catch-up.ts";
import type { LinkedCommit } from "./link-commit.ts";

/** Links every commit of HEAD after another one, or after a time, that something here may tell of, however many. */
export async function linkSince(
  project: Project,
  since: string,
  now: () => Date,
): Promise<LinkedCommit[]> {
  const head = await readHead(project.git);
  if (head === undefined) {
    throw new AppError("not_found", "there is no commit here yet", { hint: "make the first one" });
  }
  const range = await rangeOf(project, since);
  const commits = await listCommits(project.git, { from: head, ...range });
  const limit = { commits: Infinity, milliseconds: Infinity };
  using history = openHistory(project.paths);
  return (await linkInOrder(project, commits, { now, history, limit, again: true })).linked;
}

/** A revision where git knows one of that name, else a time. */
async function rangeOf(
  { git }: Project,
  since: string,
): Promise<{ known: string[]; since?: Date }> {
  await using objects = openObjects(git);
  const commit = since.startsWith("-") ? undefined : await readCommit(objects, since);
  if (commit !== undefined) return { known: [commit.sha] };
  const time = new Date(since);
  if (!Number.isNaN(time.getTime())) return { known: [], since: time };
  throw new AppError("usage", `\`${since}\` is neither a commit of this repository nor a time`, {
    hint: "name a commit, such as `HEAD~20`, or a time, such as `2026-01-31`",
  });
}
