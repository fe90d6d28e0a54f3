import { expect, test } from "bun:test";
import { parseBlame, readBlame } from "../../src/git/read-blame.ts";
import type { CommitSha } from "../../src/schema/ids.ts";
import { unquotePath } from "../../src/git/unquote-path.ts";
import { tempRepo } from "../support/repository.ts";

test("each line tells its commit, its number there and its path there", async () => {
  using repo = tempRepo();
  const first = repo.commit("first", { 'ol"d.txt': "a\nb\nc\n" }) as CommitSha;
  repo.run(["mv", 'ol"d.txt', "new.txt"]);
  const second = repo.commit("second", { "new.txt": "z\na\nb\nc\n" }) as CommitSha;
  repo.write("new.txt", "z\na\nuncommitted\nc\n");
  expect(await readBlame(repo.git, "new.txt")).toEqual([
    {
      line: 1,
      commit: second,
      originalLine: 1,
      originalPath: "new.txt",
      boundary: false,
      time: expect.any(Number),
      text: "z",
    },
    {
      line: 2,
      commit: first,
      originalLine: 1,
      originalPath: 'ol"d.txt',
      boundary: true,
      time: expect.any(Number),
      text: "a",
    },
    {
      line: 3,
      commit: undefined,
      originalLine: 3,
      originalPath: "new.txt",
      boundary: false,
      time: expect.any(Number),
      text: "uncommitted",
    },
    {
      line: 4,
      commit: first,
      originalLine: 3,
      originalPath: 'ol"d.txt',
      boundary: true,
      time: expect.any(Number),
      text: "c",
    },
  ]);
});

test("a range, a revision and flags narrow what is asked", async () => {
  using repo = tempRepo();
  const first = repo.commit("first", { "a.txt": "a\nb\nc\n" });
  repo.commit("second", { "a.txt": "  a\n  b\n  c\n" });
  const options = { revision: "HEAD", lines: { start: 2, end: 2 }, flags: ["-w"] };
  expect(
    (await readBlame(repo.git, "a.txt", options)).map(({ line, commit }) => [line, commit]),
  ).toEqual([[2, first as CommitSha]]);
});

test("one commit's lines may come from several of its files", () => {
  const sha = "a".repeat(40);
  const output = [
    `${sha} 5 1 1`,
    "author A",
    "filename one.txt",
    "\tfirst",
    `${sha} 7 2 2`,
    "filename two.txt",
    "\tsecond",
    `${sha} 8 3`,
    "\tthird",
    "",
  ].join("\n");
  expect(
    parseBlame(output).map(({ originalPath, originalLine }) => [originalPath, originalLine]),
  ).toEqual([
    ["one.txt", 5],
    ["two.txt", 7],
    ["two.txt", 8],
  ]);
});

test.each([
  ["plain.txt", "plain.txt"],
  ['"a\\tb\\n\\"c\\\\"', 'a\tb\n"c\\'],
  ['"\\303\\274.txt"', "ü.txt"],
])("the path %j is read as %j", (quoted, path) => {
  expect(unquotePath(quoted)).toBe(path);
});
