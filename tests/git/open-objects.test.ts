import { expect, test } from "bun:test";
import { join } from "node:path";
import { findRepository } from "../../src/git/find-repository.ts";
import { openObjects } from "../../src/git/open-objects.ts";
import { readCommit } from "../../src/git/read-commit.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { tempRepo } from "../support/repository.ts";

test("objects of any size come back whole, in the order of the questions", async () => {
  using repo = tempRepo();
  const large = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
  repo.write("large.bin", large);
  repo.commit("first", { "small.txt": "no final line break", "empty.txt": "" });
  await using objects = openObjects(repo.git);
  const [big, missing, small, empty] = await Promise.all([
    objects.read("HEAD:large.bin"),
    objects.read("HEAD:nowhere"),
    objects.read("HEAD:small.txt"),
    objects.read("HEAD:empty.txt"),
  ]);
  expect(big?.content).toEqual(large);
  expect(missing).toBeUndefined();
  expect(new TextDecoder().decode(small?.content)).toBe("no final line break");
  expect(empty?.content).toEqual(new Uint8Array(0));
  expect(await objects.read("HEAD\nHEAD")).toBeUndefined();
});

test("what a partial clone lacks is not there, and is not fetched", async () => {
  using repo = tempRepo();
  repo.commit("first", { "a.txt": "one\n" });
  repo.commit("second", { "a.txt": "two\n" });
  repo.run(["config", "uploadpack.allowFilter", "true"]);
  using directory = temporaryDirectory();
  const path = join(directory.path, "partial");
  repo.run(["clone", "-q", "--filter=blob:none", `file://${repo.path}`, path]);
  const repository = findRepository(path);
  if (repository === undefined) throw new Error("no clone");
  await using objects = openObjects({ ...repo.git, repository });
  const [gone, here, again] = await Promise.all([
    objects.read("HEAD~1:a.txt"),
    objects.read("HEAD:a.txt"),
    objects.read("HEAD~1:a.txt"),
  ]);
  expect([gone, again]).toEqual([undefined, undefined]);
  expect(new TextDecoder().decode(here?.content)).toBe("two\n");
});

test.each(["HEAD:../a.txt", ":../a.txt", "HEAD@{99}:a.txt", "HEAD@{99}^{commit}", "@{u}^{commit}"])(
  "a name that ends git is that of nothing: %s",
  async (name) => {
    using repo = tempRepo();
    repo.commit("first", { "a.txt": "one\n" });
    await using objects = openObjects(repo.git);
    const [none, here] = await Promise.all([objects.read(name), objects.read("HEAD:a.txt")]);
    expect(none).toBeUndefined();
    expect(new TextDecoder().decode(here?.content)).toBe("one\n");
  },
);

test("a commit tells its parents, its time and its message", async () => {
  using repo = tempRepo();
  const first = repo.commit("first");
  repo.run(["checkout", "--quiet", "-b", "side"]);
  const side = repo.commit("side");
  repo.run(["checkout", "--quiet", "main"]);
  const main = repo.commit("main");
  repo.run(["merge", "--quiet", "--no-ff", "--message", "both\n\nparent 1", "side"]);
  await using objects = openObjects(repo.git);
  expect(await readCommit(objects, "HEAD")).toMatchObject({
    sha: repo.run(["rev-parse", "HEAD"]),
    tree: repo.run(["rev-parse", "HEAD^{tree}"]),
    parents: [main, side],
    committedAt: new Date("2026-02-10T12:00:00Z"),
    message: "both\n\nparent 1\n",
  });
  expect((await readCommit(objects, first))?.parents).toEqual([]);
  expect(await readCommit(objects, "nowhere")).toBeUndefined();
});
