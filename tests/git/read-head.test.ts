import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findRepository } from "../../src/git/find-repository.ts";
import { readHead } from "../../src/git/read-head.ts";
import type { CommitSha } from "../../src/schema/ids.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";

/** Where git cannot be started, only its files can have answered. */
const withoutGit = { PATH: "" };

test("HEAD is none before the first commit", async () => {
  using repo = tempRepo();
  expect(await readHead({ ...repo.git, environment: withoutGit })).toBeUndefined();
});

test("HEAD is read from loose, packed and detached references without starting git", async () => {
  using repo = tempRepo();
  const first = repo.commit("first", { "a.txt": "a\n" }) as CommitSha;
  const git = { ...repo.git, environment: withoutGit };
  expect(await readHead(git)).toBe(first);
  repo.run(["branch", "other"]);
  repo.run(["pack-refs", "--all"]);
  expect(await readHead(git)).toBe(first);
  const second = repo.commit("second", { "a.txt": "b\n" }) as CommitSha;
  expect(await readHead(git)).toBe(second);
  repo.run(["checkout", "--quiet", "--detach", first]);
  expect(await readHead(git)).toBe(first);
});

test("HEAD of a linked work tree is its own", async () => {
  using repo = tempRepo();
  const first = repo.commit("first") as CommitSha;
  repo.run(["worktree", "add", "--quiet", "-b", "side", "../linked"]);
  repo.commit("second");
  const repository = findRepository(join(repo.path, "../linked"));
  if (repository === undefined) throw new Error("the linked work tree is not found");
  expect(await readHead({ repository, environment: withoutGit })).toBe(first);
});

test("HEAD that its files do not explain is asked of git", async () => {
  using repo = tempRepo();
  const first = repo.commit("first") as CommitSha;
  // Git allows any blank after the colon and writes only one kind.
  writeFileSync(join(repo.path, ".git/HEAD"), "ref:\trefs/heads/main\n");
  expect(await readHead({ ...repo.git, environment: gitTestEnvironment })).toBe(first);
});
