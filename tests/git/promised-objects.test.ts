import { expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openObjects } from "../../src/git/open-objects.ts";
import { readGitText } from "../../src/git/run-git.ts";
import { type TempRepo, tempRepo } from "../support/repository.ts";

/** A partial clone that lacks a blob, and whose configuration names a program that is to fetch it. */
function partialClone(): TempRepo & { readonly blob: string; wasCalled(): boolean } {
  const repo = tempRepo();
  repo.commit("first", { "a.txt": "text of a\n" });
  const blob = repo.run(["rev-parse", "HEAD:a.txt"]);
  const mark = join(repo.path, ".git", "called");
  for (const [name, value] of [
    ["core.repositoryFormatVersion", "1"],
    ["extensions.partialClone", "origin"],
    ["remote.origin.url", "ssh://nowhere.invalid/x"],
    ["remote.origin.promisor", "true"],
    ["core.sshCommand", `touch ${mark}; false`],
  ] as const) {
    repo.run(["config", name, value]);
  }
  rmSync(join(repo.path, ".git/objects", blob.slice(0, 2), blob.slice(2)), { force: true });
  return Object.assign(repo, { blob, wasCalled: () => existsSync(mark) });
}

test("an object that a clone was promised is not fetched", async () => {
  using repo = partialClone();
  expect(readGitText(repo.git, ["cat-file", "-p", repo.blob])).rejects.toMatchObject({
    code: "git_failed",
  });
  await readGitText(repo.git, ["cat-file", "-p", repo.blob]).catch(() => {});
  expect(repo.wasCalled()).toBe(false);
});

test("nor by whoever reads many of them", async () => {
  using repo = partialClone();
  await using objects = openObjects(repo.git);
  expect(await objects.read(repo.blob).catch(() => undefined)).toBeUndefined();
  expect(repo.wasCalled()).toBe(false);
});

test("control: git itself would call the program", () => {
  using repo = partialClone();
  expect(() => repo.run(["cat-file", "-p", repo.blob])).toThrow();
  expect(repo.wasCalled()).toBe(true);
});
