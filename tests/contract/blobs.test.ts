import { join } from "node:path";
import { openFileSegments } from "../../src/service/file-segments.ts";
import { openSqliteRecords } from "../../src/service/sqlite-records.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { blobsContract } from "./blobs.ts";

blobsContract("SQLite and a directory", async () => {
  const directory = temporaryDirectory();
  const records = openSqliteRecords(join(directory.path, "service.db"), () => Date.now() * 1000);
  return {
    records,
    segments: openFileSegments(join(directory.path, "blobs")),
    async [Symbol.asyncDispose]() {
      await records.close();
      directory[Symbol.dispose]();
    },
  };
});
