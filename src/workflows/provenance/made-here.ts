import type { Repository } from "../../git/find-repository.ts";
import { makesCommit, readHeadLog } from "../../git/head-log.ts";
import { listLocalCommits } from "../../git/list-commits.ts";
import { listWorkTrees } from "../../git/list-work-trees.ts";
import { runGit } from "../../git/run-git.ts";
import type { CommitSha } from "../../schema/ids.ts";
import type { Project } from "../projects/find-project.ts";

export interface MadeCommit {
  readonly sha: CommitSha;
  readonly parents: readonly CommitSha[];
  /** E-mail address. */
  readonly committer: string;
}

/**
 * In which work tree a commit was made; undefined for one that came from elsewhere, which no pending file can tell
 * of: lines that read like an agent's uncommitted ones are somebody else's there. HEAD's log says so where there is
 * one. Programs that keep none are known by their committer, as long as no remote has the commit.
 */
export async function originsOf(
  { git }: Project,
  commits: readonly MadeCommit[],
): Promise<(commit: MadeCommit) => Repository | undefined> {
  if (commits.length === 0) return () => undefined;
  const made = new Map<string, Repository>();
  for (const repository of [...listWorkTrees(git.repository), git.repository]) {
    for (const step of readHeadLog(repository)) {
      if (makesCommit(step)) made.set(step.after, repository);
    }
  }
  const undecided = commits.filter(({ sha }) => !made.has(sha));
  const last = undecided.at(-1);
  if (last !== undefined) {
    const known = undecided.flatMap(({ parents }) => parents);
    const wanted = new Set<string>(undecided.map(({ sha }) => sha));
    const from = { from: last.sha, known: known.filter((parent) => !wanted.has(parent)) };
    const [local, own] = await Promise.all([listLocalCommits(git, from), readOwnEmail(git)]);
    for (const { sha, committer } of undecided) {
      if (committer === own && local.has(sha)) made.set(sha, git.repository);
    }
  }
  return ({ sha }) => made.get(sha);
}

async function readOwnEmail(git: Project["git"]): Promise<string | undefined> {
  const { exitCode, stdout } = await runGit(git, ["var", "GIT_COMMITTER_IDENT"]);
  return exitCode === 0 ? /<([^>]*)>/.exec(new TextDecoder().decode(stdout))?.[1] : undefined;
}
