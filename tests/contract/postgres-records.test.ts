import { expect, test } from "bun:test";
import { openPostgresRecords } from "../../src/service/postgres-records.ts";
import { withPostgres } from "../support/real-servers.ts";
import { recordsContract } from "./records.ts";

/** What each org has rows of its own in, cut into parts by the org. */
const cut =
  /\b(?:rows|versions|known_blobs|segments|blobs|blob_parts|tombstones|places|projects)\b/;

withPostgres("the database on a server", (server) => {
  const statements = new Set<string>();
  recordsContract("PostgreSQL", async () => {
    const url = await server().database();
    return {
      open: (now) => openPostgresRecords(url, now, (statement) => statements.add(statement)),
      [Symbol.asyncDispose]: async () => {},
    };
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
