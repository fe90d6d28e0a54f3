import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { openSqliteRecords } from "../../src/service/sqlite-records.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { recordsContract } from "./records.ts";

recordsContract("SQLite", async () => {
  const directory = temporaryDirectory();
  return {
    open: async (now) => openSqliteRecords(join(directory.path, "service.db"), now),
    [Symbol.asyncDispose]: async () => directory[Symbol.dispose](),
  };
});

test("a database of a newer program is refused and left as it is", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "service.db");
  await openSqliteRecords(path, () => 1).close();
  const database = new Database(path);
  database.run("PRAGMA user_version = 99");
  database.close();
  expect(() => openSqliteRecords(path, () => 1)).toThrow(
    "the service's database has version 99, this program knows 1",
  );
});
