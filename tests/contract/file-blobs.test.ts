import { expect, test } from "bun:test";
import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFileBlobs } from "../../src/service/file-blobs.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { blobStoreContract } from "./blob-store.ts";

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );

blobStoreContract("a directory", async () => {
  const directory = temporaryDirectory();
  return {
    store: openFileBlobs(directory.path),
    list: async () => filesBelow(directory.path),
    [Symbol.asyncDispose]: async () => directory[Symbol.dispose](),
  };
});

test("what a killed upload left is removed at the next start, a running one's is not", () => {
  using directory = temporaryDirectory();
  openFileBlobs(directory.path);
  const uploads = join(directory.path, "uploads");
  for (const name of ["old", "new"]) writeFileSync(join(uploads, name), "half");
  const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
  utimesSync(join(uploads, "old"), longAgo, longAgo);
  openFileBlobs(directory.path);
  expect(filesBelow(directory.path)).toEqual(["uploads/new"]);
});
