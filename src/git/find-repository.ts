/** Everything about git. A repository's files are read where they tell enough; else git itself is started. */
import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { readForeignFile } from "../foreign-file.ts";
import { lookAt } from "./look-at.ts";

/** A work tree and where git keeps its data. All paths are absolute and free of symbolic links. */
export interface Repository {
  readonly workTree: string;
  /** This work tree's own part: HEAD and index. */
  readonly gitDir: string;
  /** Shared by all linked work trees: objects, branches, hooks, configuration. */
  readonly commonDir: string;
}

/** A file's repository and its path there, with `/`. */
export interface Location {
  readonly repository: Repository;
  readonly path: string;
}

/**
 * The repository whose work tree holds `path`, found without starting git; a submodule is a repository of its own.
 * The path itself need not exist any more. Undefined outside of repositories and in bare ones.
 */
export function findRepository(path: string): Repository | undefined {
  let directory = realDirectory(resolve(path));
  for (;;) {
    const found = repositoryAt(directory);
    if (found !== undefined) return found;
    const parent = dirname(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
}

/**
 * The repository of a file, and its path there. Links are followed: an edit through a link changes the link's target.
 * Undefined for files that git cannot track: those outside of repositories, and those within `.git`.
 */
export function locateFile(file: string): Location | undefined {
  const real = realPath(resolve(file));
  const repository = findRepository(dirname(real));
  if (repository === undefined) return undefined;
  const path = relative(repository.workTree, real).split(sep).join("/");
  const inside = path !== "" && path !== ".git" && !path.startsWith(".git/");
  return inside ? { repository, path } : undefined;
}

function repositoryAt(directory: string): Repository | undefined {
  const dotGit = join(directory, ".git");
  const kind = lookAt(dotGit);
  if (kind === undefined) return undefined;
  const gitDir = kind.isDirectory() ? realpathSync.native(dotGit) : readPointer(dotGit, "gitdir: ");
  if (gitDir === undefined || lookAt(join(gitDir, "HEAD")) === undefined) {
    return undefined;
  }
  return {
    workTree: directory,
    gitDir,
    commonDir: readPointer(join(gitDir, "commondir"), "") ?? gitDir,
  };
}

/** The directory that a one-line file names, relative to where the file stands. */
function readPointer(file: string, prefix: string): string | undefined {
  try {
    const text = readForeignFile(file)?.toString("utf8");
    if (text?.startsWith(prefix) !== true) return undefined;
    return realpathSync.native(
      resolve(dirname(file), text.slice(prefix.length).replace(/[\r\n]+$/, "")),
    );
  } catch {
    return undefined;
  }
}

/** The real path of what exists of `path`, followed by what does not. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

function realDirectory(path: string): string {
  const real = realPath(path);
  const isDirectory = lookAt(real)?.isDirectory() === true;
  return isDirectory ? real : dirname(real);
}
