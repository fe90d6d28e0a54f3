import { expect, test } from "bun:test";
import { chmodSync, existsSync } from "node:fs";
import { blobPair, readAddedLines, readChanges } from "../../src/git/read-changes.ts";
import { tempRepo } from "../support/repository.ts";

const lines = (...numbers: number[]): string =>
  numbers.map((number) => `line ${number}\n`).join("");

test("a first commit adds all of its files", async () => {
  using repo = tempRepo();
  const to = repo.commit("first", { "a.txt": lines(1, 2), "empty.txt": "" });
  const changes = await readChanges(repo.git, { from: undefined, to });
  expect(
    changes.map(({ status, path, mode, oldBlob }) => ({ status, path, mode, oldBlob })),
  ).toEqual([
    { status: "added", path: "a.txt", mode: "100644", oldBlob: undefined },
    { status: "added", path: "empty.txt", mode: "100644", oldBlob: undefined },
  ]);
  const added = await readAddedLines(repo.git, { from: undefined, to });
  expect(changes.map((change) => added.get(blobPair(change)))).toEqual([
    [{ start: 1, end: 2 }],
    [],
  ]);
});

test("a renamed and changed file keeps its former path", async () => {
  using repo = tempRepo();
  const from = repo.commit("first", { "old.txt": lines(1, 2, 3, 4, 5, 6) });
  repo.run(["mv", "old.txt", "new.txt"]);
  const to = repo.commit("second", { "new.txt": lines(1, 2, 9, 3, 4, 5, 6, 7) });
  const changes = await readChanges(repo.git, { from, to });
  expect(changes).toEqual([
    {
      status: "renamed",
      path: "new.txt",
      oldPath: "old.txt",
      oldBlob: expect.any(String),
      newBlob: expect.any(String),
      mode: "100644",
    },
  ]);
  const added = await readAddedLines(repo.git, { from, to });
  expect([...added.values()]).toEqual([
    [
      { start: 3, end: 3 },
      { start: 8, end: 8 },
    ],
  ]);
});

test("hostile names and lines that look like headers confuse nothing", async () => {
  using repo = tempRepo();
  const names = ["x\n@@ -0,0 +1,99 @@", "-rf", 'a"b', "ü \t", "index 00..11"];
  const from = repo.commit("first", Object.fromEntries(names.map((name) => [name, "one\n"])));
  const text = "one\n@@ -0,0 +1,9 @@\nindex 1234567..89abcde\ndiff --git a/x b/x\n";
  const to = repo.commit("second", Object.fromEntries(names.map((name) => [name, text])));
  const changes = await readChanges(repo.git, { from, to });
  expect(changes.map((change) => change.path).toSorted()).toEqual(names.toSorted());
  const added = await readAddedLines(repo.git, { from, to });
  expect(changes.map((change) => added.get(blobPair(change)))).toEqual(
    names.map(() => [{ start: 2, end: 4 }]),
  );
});

test("deleted and retyped files are told as such", async () => {
  using repo = tempRepo();
  const from = repo.commit("first", { "gone.txt": "a\n", "kind.txt": "b\n", "c.bin": "\0a" });
  repo.run(["rm", "--quiet", "gone.txt", "kind.txt"]);
  repo.run(["config", "core.symlinks", "true"]);
  Bun.spawnSync(["ln", "-s", "target", "kind.txt"], { cwd: repo.path });
  const to = repo.commit("second", { "c.bin": "\0b" });
  const changes = await readChanges(repo.git, { from, to });
  expect(changes.map(({ status, path, mode }) => [status, path, mode])).toEqual([
    ["modified", "c.bin", "100644"],
    ["deleted", "gone.txt", "000000"],
    ["retyped", "kind.txt", "120000"],
  ]);
});

test("a configured external diff is not started", async () => {
  using repo = tempRepo();
  const from = repo.commit("first", { "a.txt": "a\n", ".gitattributes": "*.txt diff=evil\n" });
  const to = repo.commit("second", { "a.txt": "b\n" });
  const program = repo.write("evil.sh", `#!/bin/sh\ntouch ${repo.path}/started\n`);
  chmodSync(program, 0o755);
  for (const key of ["diff.external", "diff.evil.command", "diff.evil.textconv"]) {
    repo.run(["config", key, program]);
  }
  await readAddedLines(repo.git, { from, to });
  expect(existsSync(`${repo.path}/started`)).toBe(false);
});

test("attributes and configuration that call text binary hide no line", async () => {
  using repo = tempRepo();
  const from = repo.commit("one", {
    ".gitattributes": "*.snap -diff\n*.svg binary\n",
    "a.snap": "1\n",
    "b.svg": "1\n",
  });
  const to = repo.commit("two", { "a.snap": "1\n2\n", "b.svg": "0\n1\n" });
  const changes = await readChanges(repo.git, { from, to });
  const added = await readAddedLines(repo.git, { from, to }, ["a.snap", "b.svg"]);
  expect(changes.map((change) => added.get(blobPair(change)))).toEqual([
    [{ start: 2, end: 2 }],
    [{ start: 1, end: 1 }],
  ]);
});
