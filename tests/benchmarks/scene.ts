import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A home and a repository, set up with the compiled program as a person would. */
export interface Scene {
  readonly home: string;
  readonly repository: string;
  readonly projectDirectory: string;
  readonly env: Record<string, string>;
  git(...words: string[]): void;
}

export const binary = join(import.meta.dir, "../../dist/agent-trace");

export function run(
  command: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; stdin?: string },
): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? {},
    stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
  });
  if (exitCode !== 0)
    throw new Error(`${command.join(" ")} ended with ${exitCode}: ${stderr.toString()}`);
  return stdout.toString();
}

export function makeScene(directory: string): Scene {
  const home = join(directory, "home");
  const repository = join(directory, "repository");
  mkdirSync(home, { recursive: true });
  mkdirSync(repository, { recursive: true });
  const env = {
    HOME: home,
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.org",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.org",
  };
  const git = (...words: string[]): void => void run(["git", ...words], { cwd: repository, env });
  git("init", "-q", "-b", "main");
  writeFileSync(join(repository, "README.md"), "# benchmark\n");
  git("add", ".");
  git("commit", "-qm", "first");
  run([binary, "init", "--no-hooks"], { cwd: repository, env });
  const id = readFileSync(join(repository, ".git/agent-trace-id"), "utf8").trim();
  return { home, repository, projectDirectory: join(home, ".agent-trace/projects", id), env, git };
}
