import { expect, test } from "bun:test";
import { Glob } from "bun";
import { readFileSync } from "node:fs";
import { type Entry, readTable } from "../../src/command.ts";
import { catalog } from "../../src/commands/catalog.ts";

function summariesOf(path: string, entry: Entry): Promise<string[]>[] {
  if (entry.kind === "group") {
    const below = Object.entries(entry.commands);
    return [
      ...(entry.alone === undefined ? [] : summariesOf(path, entry.alone)),
      ...below.flatMap(([word, found]) => summariesOf(`${path} ${word}`, found)),
    ];
  }
  return [entry.load().then((module) => [path, entry.summary, module.default.summary])];
}

test("a command's file says of it what the catalog says", async () => {
  const found = await Promise.all(
    Object.entries(catalog).flatMap(([word, entry]) => summariesOf(word, entry)),
  );
  expect(found.filter(([, listed, own]) => listed !== own)).toEqual([]);
});

test("a command's file stands where its words lead, and none is left out", () => {
  const source = readFileSync("src/commands/catalog.ts", "utf8");
  const rows = [
    ...source.matchAll(/\[\s*"([^"]+)",\s+"[^"]+",\s+\(\) =>\s+import\("\.\/(.+)\.ts"\)/g),
  ];
  expect(rows.filter(([, path, file]) => path?.replaceAll(" ", "/") !== file)).toEqual([]);
  const files = [...new Glob("**/*.ts").scanSync("src/commands")]
    .map((file) => file.replace(/\.ts$/, ""))
    .filter((file) => file !== "catalog");
  expect(rows.map(([, , file = ""]) => file).toSorted()).toEqual(files.toSorted());
});

test("a row that leads nowhere is told when the program is built, not when it is typed", () => {
  const load = () => Promise.reject(new Error("not loaded here"));
  const rows = (
    ...everyday: (readonly [string, string, typeof load] | readonly [string, string])[]
  ) =>
    readTable(
      { everyday, sharing: [], "service and viewer": [], maintenance: [] },
      { hidden: [], hooks: [] },
    );
  expect(() => rows(["a b", "B", load])).toThrow("`a b` has no group");
  expect(() => rows(["a", "A", load], ["a", "A", load])).toThrow("stands twice");
  expect(() => rows(["a", "A"])).toThrow("`a` does nothing");
});
