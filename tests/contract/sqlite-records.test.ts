import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { openSqliteRecords } from "../../src/service/sqlite-records.ts";
import type { Records } from "../../src/service/records.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { derivedContract } from "./derived.ts";
import { derivedTables, derivesOldRows } from "./derived-scene.ts";
import { recordsContract } from "./records.ts";
import type { RecordsScene } from "./records-scene.ts";

async function newScene(): Promise<RecordsScene> {
  const directory = temporaryDirectory();
  return {
    open: async (now) => openSqliteRecords(join(directory.path, "service.db"), now),
    [Symbol.asyncDispose]: async () => directory[Symbol.dispose](),
  };
}

recordsContract("SQLite", newScene);
derivedContract("SQLite", newScene);

test("a database of a newer program is refused and left as it is", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "service.db");
  await openSqliteRecords(path, () => 1).close();
  const database = new Database(path);
  database.run("PRAGMA user_version = 99");
  database.close();
  expect(() => openSqliteRecords(path, () => 1)).toThrow(
    "the service's database has version 99, this program knows 6",
  );
});

const tenant = { orgId: "00000000-0000-0000-0000-000000000001", projectId: "app" };
const project = { org_id: tenant.orgId, project_id: "app", name: null, description: null };

async function store(records: Records, keys: readonly string[], text: string) {
  const rows = keys.map((key) => ({ key, text }));
  const outcomes = await records.store(tenant, [{ resource: "ledgers", rows }], { writer: null });
  return outcomes?.map(({ stored, duplicate, replaced }) => ({ stored, duplicate, replaced }));
}

test("a row is known by its key, however many came before and after it", async () => {
  using directory = temporaryDirectory();
  const records = openSqliteRecords(join(directory.path, "service.db"), () => 1);
  await records.createProject({ ...project, created_at: 1 });
  const keys = Array.from({ length: 9000 }, (_, number) => `key ${number}`);
  for (let at = 0; at < keys.length; at += 1000) {
    const batch = keys.slice(at, at + 1000);
    expect(await store(records, batch, "{}")).toEqual([
      { stored: 1000, duplicate: 0, replaced: 0 },
    ]);
  }
  expect(await store(records, keys, "{}")).toEqual([{ stored: 0, duplicate: 9000, replaced: 0 }]);
  const some = ["key 0", "key 8191", "key 8192", "key 8999", "key 9000"];
  expect(await store(records, some, "[]")).toEqual([{ stored: 1, duplicate: 0, replaced: 4 }]);
  for (const key of some) {
    expect(await records.row(tenant, "ledgers", key)).toEqual({ text: "[]", writer: null });
  }
  expect(await records.row(tenant, "traces", "key 0")).toBeUndefined();
  await records.deleteProject(tenant);
  await records.createProject({ ...project, created_at: 2 });
  expect(await records.row(tenant, "ledgers", "key 0")).toBeUndefined();
  expect(await store(records, some, "{}")).toEqual([{ stored: 5, duplicate: 0, replaced: 0 }]);
  await records.close();
});

test("keys of a deleted project are not kept for who gets its number", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "service.db");
  const records = openSqliteRecords(path, () => 1);
  await records.createProject({ ...project, created_at: 1 });
  await store(records, ["a", "b"], "{}");
  await records.deleteProject(tenant);
  await records.close();
  using database = new Database(path);
  expect(database.query("SELECT * FROM fresh_keys UNION ALL SELECT * FROM keys").all()).toEqual([]);
});

/** Makes a database of this version one of the version before anything was derived. */
function stripDerived(database: Database): void {
  database.run("DROP TRIGGER projects_derived");
  for (const table of derivedTables) database.run(`DROP TABLE ${table}`);
  database.run("ALTER TABLE orgs DROP COLUMN names_people");
  database.run("PRAGMA user_version = 5");
}

test("rows that were there before anything was derived of rows are gone through once", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "service.db");
  const open = async (now: () => number): Promise<Records> => openSqliteRecords(path, now);
  await derivesOldRows(
    async () => ({ open, [Symbol.asyncDispose]: async () => {} }),
    async () => {
      using database = new Database(path);
      stripDerived(database);
    },
  );
});

test("a database of the first version is brought up to date with its rows", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "service.db");
  const made = openSqliteRecords(path, () => 1);
  await made.createProject({ ...project, created_at: 1 });
  await store(made, ["a", "b"], "{}");
  await made.close();
  const database = new Database(path);
  database.run("DROP TRIGGER projects_keys");
  database.run("DROP TRIGGER projects_versions");
  for (const table of ["versions", "segments", "blobs", "blob_parts", "tombstones", "audit"]) {
    database.run(`DROP TABLE ${table}`);
  }
  stripDerived(database);
  database.run("DROP TRIGGER rows_keys");
  database.run("DROP INDEX rows_blob");
  database.run("ALTER TABLE projects DROP COLUMN keep_days");
  database.run("ALTER TABLE tokens DROP COLUMN expires_at");
  database.run("ALTER TABLE service DROP COLUMN probed_at");
  database.run("DROP TABLE keys");
  database.run("DROP TABLE fresh_keys");
  database.run("CREATE UNIQUE INDEX rows_key ON rows (project, resource, key)");
  database.run("PRAGMA user_version = 1");
  database.close();
  const records = openSqliteRecords(path, () => 1);
  expect(await store(records, ["a", "b", "c"], "{}")).toEqual([
    { stored: 1, duplicate: 2, replaced: 0 },
  ]);
  expect(await records.row(tenant, "ledgers", "b")).toEqual({ text: "{}", writer: null });
  await records.close();
});

test("an older copy that is put back in its place has another epoch, and a kept one the same", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "service.db");
  const first = openSqliteRecords(path, () => 1);
  await first.createProject({ ...project, created_at: 1 });
  await store(first, ["a"], "{}");
  await first.close();
  copyFileSync(path, `${path}.copy`);
  const second = openSqliteRecords(path, () => 2);
  expect(second.epoch).toBe(first.epoch);
  await store(second, ["b"], "{}");
  await second.close();
  copyFileSync(`${path}.copy`, path);
  const third = openSqliteRecords(path, () => 3);
  expect(third.epoch).not.toBe(first.epoch);
  await third.close();
  const fourth = openSqliteRecords(path, () => 4);
  expect(fourth.epoch).toBe(third.epoch);
  await fourth.close();
});
