import { expect, test } from "bun:test";
import { blameLines, blameRespaced } from "../../../src/workflows/provenance/blame-lines.ts";
import { tempRepo } from "../../support/repository.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("lines are numbered as on the disk, where a clean filter gives git a shorter text", async () => {
  using repo = tempRepo();
  repo.run(["config", "filter.strip.clean", "sed '/^OUT/d'"]);
  const text = "one\nOUT 1\nOUT 2\ntwo\n";
  const sha = repo.commit("first", { ".gitattributes": "*.nb filter=strip\n", "a.nb": text });
  const file = { path: "a.nb", content: bytes(text) };
  const told = (await blameLines(repo.git, file, {})).map(({ line, commit }) => [line, commit]);
  expect<unknown>(told).toEqual([
    [1, sha],
    [2, undefined],
    [3, undefined],
    [4, sha],
  ]);
  const last = await blameLines(repo.git, file, { lines: { start: 4, end: 4 } });
  expect<unknown>(last.map(({ line, commit }) => [line, commit])).toEqual([[4, sha]]);
});

test("lines that were only re-spaced since the commit are still the commit's", async () => {
  using repo = tempRepo();
  const sha = repo.commit("first", { a: "if (x) {\n  go(x)\n}\n" });
  const text = "if (x) {\n\tgo(x)\r\n  mine()\n}\n";
  repo.write("a", text);
  const file = { path: "a", content: bytes(text) };
  const open = (await blameLines(repo.git, file, {})).filter(({ commit }) => commit === undefined);
  expect(open.map(({ line }) => line)).toEqual([2, 3]);
  const respaced = await blameRespaced(repo.git, file, open);
  expect<unknown>(
    [...respaced].map(([line, { commit, originalLine }]) => [line, commit, originalLine]),
  ).toEqual([[2, sha, 2]]);
});

test("a carriage return at the end of a last line without a break makes it no other one", async () => {
  using repo = tempRepo();
  const text = "one\r\ntwo\r";
  const sha = repo.commit("first", { a: text });
  const told = await blameLines(repo.git, { path: "a", content: bytes(text) }, {});
  expect<unknown>(told.map(({ line, commit }) => [line, commit])).toEqual([
    [1, sha],
    [2, sha],
  ]);
});

test.each(["é", "b"])("lines of a file that is no UTF-8 are its commit's (%s)", async (path) => {
  using repo = tempRepo();
  repo.run(["config", "core.quotePath", "false"]);
  const content = Buffer.from("one\né\nthree", "latin1");
  repo.write(path, content);
  repo.run(["add", "-A"]);
  repo.run(["commit", "-qm", "first"]);
  const told = await blameLines(repo.git, { path, content }, {});
  const sha = repo.run(["rev-parse", "HEAD"]);
  expect<unknown>(told.map(({ commit, originalPath }) => [commit, originalPath])).toEqual([
    [sha, path],
    [sha, path],
    [sha, path],
  ]);
});
