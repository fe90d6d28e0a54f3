import { expect, test } from "bun:test";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { readGitText, runGit } from "../../src/git/run-git.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";

test("what a hook's caller set for its own git does not lead ours astray", async () => {
  using repo = tempRepo();
  using other = tempRepo();
  repo.commit("mine");
  other.commit("theirs");
  const environment = {
    ...gitTestEnvironment,
    GIT_DIR: join(other.path, ".git"),
    GIT_WORK_TREE: other.path,
    GIT_INDEX_FILE: "/nonexistent/index",
  };
  const git = { repository: repo.repository, environment };
  expect(await readGitText(git, ["log", "--format=%s"])).toBe("mine\n");
});

test("a failing git is an error that says which command and why", async () => {
  using repo = tempRepo();
  const failure = await readGitText(repo.git, ["rev-parse", "--verify", "nowhere"]).catch(String);
  expect(failure).toBe("AppError: `git rev-parse` failed: Needed a single revision");
});

test("a missing git is an error with advice, and a relative PATH finds none in the repository", async () => {
  using repo = tempRepo();
  repo.write("git", "#!/bin/sh\ntouch started\n");
  chmodSync(join(repo.path, "git"), 0o755);
  const git = { repository: repo.repository, environment: { PATH: ".:" } };
  expect(runGit(git, ["status"])).rejects.toMatchObject({
    code: "git_missing",
    message: "git was not found on PATH",
  });
  expect(existsSync(join(repo.path, "started"))).toBe(false);
});

test("programs that a repository's configuration names are not started", async () => {
  using repo = tempRepo();
  repo.commit("first", { "a.txt": "a\n" });
  const program = repo.write("program.sh", "#!/bin/sh\ntouch started\n");
  chmodSync(program, 0o755);
  repo.run(["config", "core.fsmonitor", program]);
  repo.write("a.txt", "b\n");
  await readGitText(repo.git, ["status", "--porcelain"]);
  expect(existsSync(join(repo.path, "started"))).toBe(false);
});
