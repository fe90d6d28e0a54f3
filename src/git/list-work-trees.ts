import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Repository, findRepository } from "./find-repository.ts";

/** Every work tree that shares a repository's objects and is there, the main one first; read from git's files. */
export function listWorkTrees(repository: Repository): Repository[] {
  const main = findRepository(dirname(repository.commonDir));
  const isMain = main !== undefined && main.gitDir === repository.commonDir;
  const linked = linkedGitDirs(repository).flatMap((gitDir) => {
    const found = workTreeOf(gitDir);
    return found !== undefined && found.gitDir === gitDir ? [found] : [];
  });
  const all = [...(isMain ? [main] : []), ...linked];
  return all.some(({ gitDir }) => gitDir === repository.gitDir) ? all : [repository, ...all];
}

function linkedGitDirs({ commonDir }: Repository): string[] {
  const directory = join(commonDir, "worktrees");
  try {
    return readdirSync(directory)
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function workTreeOf(gitDir: string): Repository | undefined {
  try {
    const dotGit = readFileSync(join(gitDir, "gitdir"), "utf8").trim();
    return findRepository(dirname(dotGit));
  } catch {
    return undefined;
  }
}
