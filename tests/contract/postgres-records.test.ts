import { expect, test } from "bun:test";
import { SQL } from "bun";
import type { Records } from "../../src/service/records.ts";
import { openPostgresRecords } from "../../src/service/postgres-records.ts";
import { withPostgres } from "../support/real-servers.ts";
import { derivedContract } from "./derived.ts";
import { derivedTables, derivesOldRows } from "./derived-scene.ts";
import { recordsContract } from "./records.ts";
import type { RecordsScene } from "./records-scene.ts";

/** What each org has rows of its own in, cut into parts by the org. */
const cut =
  /\b(?:rows|versions|known_blobs|segments|blobs|blob_parts|tombstones|places|projects|commits|commit_files|claims|conversations)\b/;

withPostgres("the database on a server", (server) => {
  const statements = new Set<string>();
  const newScene = async (): Promise<RecordsScene> => {
    const url = await server().database();
    return {
      open: (now) => openPostgresRecords(url, now, (statement) => statements.add(statement)),
      [Symbol.asyncDispose]: async () => {},
    };
  };
  recordsContract("PostgreSQL", newScene);
  derivedContract("PostgreSQL", newScene);

  test("rows that were there before anything was derived of rows are gone through once", async () => {
    const url = await server().database();
    const open = (now: () => number): Promise<Records> => openPostgresRecords(url, now);
    await derivesOldRows(
      async () => ({ open, [Symbol.asyncDispose]: async () => {} }),
      async () => {
        await using connection = new SQL(url, { max: 1 });
        for (const table of derivedTables) await connection.unsafe(`DROP TABLE ${table}`);
        await connection.unsafe("ALTER TABLE orgs DROP COLUMN names_people");
        await connection.unsafe("UPDATE service SET version = 1");
      },
    );
  });

  // The suite above ran on tables in sixteen parts, and these are all the statements that it led to.
  test("every statement about what orgs have names the org", () => {
    const asked = [...statements].filter(
      (statement) => cut.test(statement) && !/^\s*(?:CREATE|DROP)/.test(statement),
    );
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((statement) => !/\borg_id\b/.test(statement))).toEqual([]);
  });
});
