import { delimiter, isAbsolute } from "node:path";
import type { Environment } from "../environment.ts";
import { AppError } from "../errors.ts";
import type { Repository } from "./find-repository.ts";

/** Git at work in one repository. */
export interface Git {
  readonly repository: Repository;
  readonly environment: Environment;
}

export interface GitOutcome {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

export interface GitRunOptions {
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** This command may exchange objects with a remote. No other may, not even to fetch what a partial clone lacks. */
  readonly mayTransfer?: boolean;
  /** The index of a commit that is being made, which need not be the work tree's own. */
  readonly indexFile?: string | undefined;
}

/** Keeps git from transfers. Versions before 2.45 know only this setting. */
export const unfetched = ["-c", "protocol.allow=never"] as const;
const local = { GIT_NO_LAZY_FETCH: "1" };

/**
 * Variables that git sets for its hooks. We name the repository by the directory in which we start git, so none of
 * them may point it elsewhere, or change how it reads paths and diffs.
 */
const callersOwn = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_COMMON_DIR",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
  "GIT_INTERNAL_SUPER_PREFIX",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_SHALLOW_FILE",
  "GIT_GRAFT_FILE",
  "GIT_REPLACE_REF_BASE",
  "GIT_EXTERNAL_DIFF",
  "GIT_DIFF_OPTS",
  "GIT_GLOB_PATHSPECS",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
  "GIT_ATTR_SOURCE",
  "GIT_QUARANTINE_PATH",
];

/** Settings of a repository's configuration that would start programs or change what we parse. */
const configuration = [
  "core.fsmonitor=false",
  "core.quotePath=true",
  "log.showSignature=false",
  "color.ui=false",
  // Which of several equal lines counts as added must not depend on whose machine asks.
  "diff.indentHeuristic=true",
  // It makes blame guess where an ignored commit's lines may have come from.
  "blame.ignoreRevsFile=",
];

/**
 * Starts git with exactly these arguments, never through a shell, and waits for it.
 * A non-zero exit is an outcome; `AppError` only where git cannot be started.
 */
export async function runGit(
  git: Git,
  args: readonly string[],
  options: GitRunOptions = {},
): Promise<GitOutcome> {
  const child = spawnGit(git, args, options);
  const [stdout, stderr, exitCode] = await Promise.all([
    child.stdout.bytes(),
    child.stderr.text(),
    child.exited,
  ]);
  options.signal?.throwIfAborted();
  return { exitCode, stdout, stderr };
}

/** The output of a git command that must succeed. */
export async function readGit(
  git: Git,
  args: readonly string[],
  options: GitRunOptions = {},
): Promise<Uint8Array> {
  const { exitCode, stdout, stderr } = await runGit(git, args, options);
  if (exitCode === 0) return stdout;
  throw gitFailure(args, stderr, exitCode);
}

/** As `readGit`, as text. */
export async function readGitText(
  git: Git,
  args: readonly string[],
  options: GitRunOptions = {},
): Promise<string> {
  return new TextDecoder().decode(await readGit(git, args, options));
}

export function gitFailure(args: readonly string[], stderr: string, exitCode: number): AppError {
  const said = stderr
    .split("\n")
    .find((line) => /^(fatal|error): /.test(line))
    ?.replace(/^(fatal|error): /, "");
  const owner = stderr.includes("dubious ownership");
  return new AppError(
    "git_failed",
    `\`git ${args[0]}\` failed: ${said ?? `exit code ${exitCode}`}`,
    owner ? { hint: "see `safe.directory` in `git help config`" } : {},
  );
}

export function spawnGit(git: Git, args: readonly string[], options: GitRunOptions = {}) {
  const { input, signal } = options;
  const settings = configuration.flatMap((setting) => ["-c", setting]);
  const quiet = [...(options.mayTransfer === true ? [] : unfetched), ...settings];
  // A remote may ask who is there; nothing else has a question.
  const transfer = { GIT_TERMINAL_PROMPT: git.environment["GIT_TERMINAL_PROMPT"] ?? "1" };
  const index = options.indexFile === undefined ? {} : { GIT_INDEX_FILE: options.indexFile };
  const own = { ...(options.mayTransfer === true ? transfer : local), ...index };
  return Bun.spawn([gitProgram(git.environment), "--no-pager", ...quiet, ...args], {
    cwd: git.repository.workTree,
    env: { ...gitEnvironment(git.environment), ...own },
    stdin: input === undefined ? "ignore" : new Blob([input as Uint8Array<ArrayBuffer>]),
    stdout: "pipe",
    stderr: "pipe",
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The caller's environment, without what is meant for the caller's own git, and so that git asks nothing. */
export function gitEnvironment(environment: Environment): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !callersOwn.includes(name)) clean[name] = value;
  }
  return {
    ...clean,
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
  };
}

/** Git's absolute path. Relative entries of PATH are passed over: they could name a program in the repository. */
export function gitProgram(environment: Environment): string {
  const path = (environment["PATH"] ?? "").split(delimiter).filter((entry) => isAbsolute(entry));
  const program = Bun.which("git", { PATH: path.join(delimiter) });
  if (program !== null) return program;
  throw new AppError("git_missing", "git was not found on PATH", {
    hint: "install git 2.25 or later, or add its directory to `PATH`",
  });
}
