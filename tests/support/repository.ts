import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "../../src/environment.ts";
import { type Repository, findRepository } from "../../src/git/find-repository.ts";
import type { Git } from "../../src/git/run-git.ts";
import { temporaryDirectory } from "./directories.ts";

/** Git's environment in tests: nothing of this machine's configuration, a fixed identity and a fixed clock. */
export const gitTestEnvironment: Environment = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "A Person",
  GIT_AUTHOR_EMAIL: "person@example.com",
  GIT_COMMITTER_NAME: "A Person",
  GIT_COMMITTER_EMAIL: "person@example.com",
  GIT_AUTHOR_DATE: "2026-02-10T12:00:00Z",
  GIT_COMMITTER_DATE: "2026-02-10T12:00:00Z",
};

export interface TempRepo extends Disposable {
  /** The work tree's root. */
  readonly path: string;
  readonly repository: Repository;
  readonly git: Git;
  /** Runs git in the work tree, or below it, and gives its output without the final line break; throws where it fails. */
  run(args: readonly string[], options?: { cwd?: string; environment?: Environment }): string;
  write(path: string, content: string | Uint8Array): string;
  /** Commits everything that differs and gives the commit's id. */
  commit(message: string, files?: Readonly<Record<string, string>>): string;
}

/** A fresh repository without commits, gone when the value is disposed of. */
export function tempRepo(): TempRepo {
  const directory = temporaryDirectory();
  const path = join(directory.path, "repo");
  mkdirSync(path);
  const repo: Omit<TempRepo, "repository" | "git"> = {
    path,
    run(args, { cwd = ".", environment = {} } = {}) {
      const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...args], {
        cwd: join(path, cwd),
        env: { ...gitTestEnvironment, ...environment } as Record<string, string>,
      });
      if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.toString()}`);
      return stdout.toString().replace(/\n$/, "");
    },
    write(file, content) {
      const target = join(path, file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      return target;
    },
    commit(message, files = {}) {
      for (const [file, content] of Object.entries(files)) repo.write(file, content);
      repo.run(["add", "--all"]);
      repo.run(["commit", "--quiet", "--allow-empty", "--message", message]);
      return repo.run(["rev-parse", "HEAD"]);
    },
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
  repo.run(["init", "--quiet", "--initial-branch=main"]);
  const repository = findRepository(path);
  if (repository === undefined) throw new Error("the new repository is not found");
  return Object.assign(repo, {
    repository,
    git: { repository, environment: gitTestEnvironment },
  });
}
