/**
 * Work that needs several of the folders below: finding a project, setting up, recording, linking, reading, sharing.
 */
import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { readAnchor } from "../../git/anchor.ts";
import { type Repository, findRepository } from "../../git/find-repository.ts";
import type { Git } from "../../git/run-git.ts";
import { isProjectId } from "../../schema/ids.ts";
import { isInitialised, readRegistered } from "../../store/known-project.ts";
import {
  type ProjectPaths,
  isSafeName,
  parseLocalProjectId,
  projectPaths,
} from "../../store/files/paths.ts";

/** A project that a command works on: where its records are, and its repository. */
export interface Project {
  readonly paths: ProjectPaths;
  readonly git: Git;
}

/** A project named by its local id may have lost its repository: its records can still be read and shared. */
export interface StoredProject {
  readonly paths: ProjectPaths;
  readonly git: Git | undefined;
}

/**
 * Where the records of a repository are. Undefined where `init` was never run. Hooks ask this, so it starts no
 * program.
 */
export function projectOf(repository: Repository, home: string): ProjectPaths | undefined {
  const id = readAnchor(repository, (text) => readRegistered(home, text) !== undefined);
  const paths = id === undefined ? undefined : projectPaths(home, id);
  return paths !== undefined && isInitialised(paths) ? paths : undefined;
}

type Place = Pick<Context, "cwd" | "home" | "environment" | "options">;

/**
 * The project of a command that reads the repository: from the current directory, or from `-p`, a path or a local id.
 * Fails with `not_a_repository` or `not_initialised`.
 */
export function findProject(place: Place): Project {
  const { paths, git } = findStoredProject(place);
  if (git !== undefined) return { paths, git };
  throw new AppError(
    "not_a_repository",
    `the repository of project \`${paths.id}\` was not found`,
    {
      hint: "run the command inside the repository, or name its path with `-p`",
    },
  );
}

/** As `findProject`, for commands that need the records only. */
export function findStoredProject({ cwd, home, environment, options }: Place): StoredProject {
  const named = options.project;
  const registered = named === undefined ? undefined : knownById(home, named);
  if (registered !== undefined) {
    const { paths, root } = registered;
    const repository = root === undefined ? undefined : findRepository(root);
    const isStillThere = repository !== undefined && projectOf(repository, home)?.id === paths.id;
    return { paths, git: isStillThere ? { repository, environment } : undefined };
  }
  const repository = findRepositoryOf({ cwd, named });
  const paths = projectOf(repository, home);
  if (paths === undefined) {
    throw new AppError("not_initialised", "agent-trace is not set up in this repository", {
      hint: "run `agent-trace init`",
    });
  }
  return { paths, git: { repository, environment } };
}

/** The repository that a command stands in, set up or not. */
export function findRepositoryOf({ cwd, named }: { cwd: string; named?: string | undefined }) {
  const directory = resolve(cwd, named ?? ".");
  const repository = findRepository(directory);
  if (repository !== undefined) return repository;
  throw new AppError(
    "not_a_repository",
    named === undefined
      ? "this directory is not in a git repository"
      : `\`${named}\` is neither in a git repository nor the id of a local project`,
    {
      hint:
        named === undefined
          ? "run the command inside a repository with a work tree, or name one with `-p`"
          : "run `agent-trace projects` to see the ids",
    },
  );
}

/** The file that a command line names: relative to where the command stands, or to the project that `-p` names. */
export function namedFile({ cwd, options }: Context, project: Project, file: string): string {
  return resolve(options.project === undefined ? cwd : project.git.repository.workTree, file);
}

function knownById(home: string, text: string) {
  if (!isSafeName(text)) return undefined;
  const registered = readRegistered(home, text);
  if (registered === undefined && !isProjectId(text)) return undefined;
  const paths = projectPaths(
    home,
    parseLocalProjectId(text, () => true),
  );
  return isInitialised(paths) ? { paths, root: registered?.root } : undefined;
}
