import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFileSegments } from "../../src/service/file-segments.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { segmentStoreContract } from "./segment-store.ts";

segmentStoreContract("a directory", async () => {
  const directory = temporaryDirectory();
  return {
    store: openFileSegments(directory.path),
    [Symbol.asyncDispose]: async () => directory[Symbol.dispose](),
  };
});

test("a directory says which segments were lost", async () => {
  using directory = temporaryDirectory();
  const store = openFileSegments(directory.path);
  const name = `${"a".repeat(64)}.0123456789abcdef`;
  expect([...(await store.lost([name]))]).toEqual([name]);
});

test("what a killed upload left behind goes at a start an hour later, a fresh one stays", () => {
  using directory = temporaryDirectory();
  const uploads = join(directory.path, "uploads");
  mkdirSync(uploads);
  for (const name of ["old", "fresh"]) writeFileSync(join(uploads, name), "half");
  const hours = Date.now() / 1000 - 2 * 60 * 60;
  utimesSync(join(uploads, "old"), hours, hours);
  openFileSegments(directory.path);
  expect(readdirSync(uploads)).toEqual(["fresh"]);
});
