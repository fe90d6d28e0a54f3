import { AppError } from "../errors.ts";
import { resources } from "../schema/resource.ts";
import { derive } from "./derived/derive.ts";
import { storedRow } from "./derived/row-facts.ts";
import { postgresList } from "./postgres-batch.ts";
import type { Connection, Transaction } from "./postgres-connection.ts";
import { defaultOrg } from "./records.ts";

/** How many parts each large table has; each can move to a machine of its own. */
const partitions = 16;

/** Tables whose keys begin with the org, and that every statement asks by it. */
const ofOrgs: Readonly<Record<string, string>> = {
  rows: `
    org_id text NOT NULL, project bigint NOT NULL, resource smallint NOT NULL, key bytea NOT NULL,
    place bigint NOT NULL, blob text, writer text, bytes integer NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (org_id, key, project, resource)`,
  versions: `
    org_id text NOT NULL, project bigint NOT NULL, resource smallint NOT NULL, key bytea NOT NULL,
    place bigint NOT NULL, writer text, replaced_at bigint NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (org_id, project, resource, key, place)`,
  known_blobs: `
    org_id text NOT NULL, id text NOT NULL, project_id text NOT NULL, size bigint NOT NULL,
    created_at bigint NOT NULL, PRIMARY KEY (org_id, id, project_id)`,
  segments: `
    org_id text NOT NULL, name text NOT NULL, size bigint NOT NULL, encoding text NOT NULL,
    created_at bigint NOT NULL, PRIMARY KEY (org_id, name)`,
  blobs: `
    org_id text NOT NULL, id text NOT NULL, size bigint NOT NULL, created_at bigint NOT NULL,
    PRIMARY KEY (org_id, id)`,
  tombstones: `
    org_id text NOT NULL, project_id text NOT NULL, name bytea NOT NULL, at bigint NOT NULL,
    PRIMARY KEY (org_id, name, project_id)`,
  blob_parts: `
    org_id text NOT NULL, blob text NOT NULL, position integer NOT NULL, segment text NOT NULL,
    start bigint NOT NULL, length bigint NOT NULL, state bytea, PRIMARY KEY (org_id, blob, position)`,
};

/** What is derived of rows, for the team page. All of it can be derived again. */
const derived: Readonly<Record<string, string>> = {
  commits: `
    org_id text NOT NULL, project bigint NOT NULL, sha text NOT NULL, parents text, at bigint, ledger_at bigint,
    link_at bigint, counted smallint NOT NULL DEFAULT 0, PRIMARY KEY (org_id, project, sha)`,
  commit_files: `
    org_id text NOT NULL, project bigint NOT NULL, sha text NOT NULL, path text NOT NULL, added bigint, apart text,
    PRIMARY KEY (org_id, project, sha, path)`,
  claims: `
    org_id text NOT NULL, project bigint NOT NULL, sha text NOT NULL, n integer NOT NULL, path text NOT NULL,
    conversation text NOT NULL, model text NOT NULL, trace text NOT NULL, lines bigint NOT NULL,
    PRIMARY KEY (org_id, project, sha, n)`,
  conversations: `
    org_id text NOT NULL, project bigint NOT NULL, id text NOT NULL, agent text, model text, first bigint, last bigint,
    edits bigint NOT NULL, writer text, blob text, place bigint, words_of text, summary text,
    summary_place bigint, words text,
    PRIMARY KEY (org_id, project, id)`,
};

const inParts = (tables: Readonly<Record<string, string>>): string[] =>
  Object.entries(tables).flatMap(([table, columns]) => [
    `CREATE TABLE ${table} (${columns}) PARTITION BY HASH (org_id)`,
    ...partsOf(table).map(
      (part, remainder) =>
        `CREATE TABLE ${part} PARTITION OF ${table}
         FOR VALUES WITH (MODULUS ${partitions}, REMAINDER ${remainder})`,
    ),
  ]);

/** The tables that hold the rows of a large one. */
export function partsOf(table: string): string[] {
  return Array.from({ length: partitions }, (_, part) => `${table}_${part}`);
}

/** Applied in order, each once; an applied one is never edited. */
const migrations: readonly (readonly string[])[] = [
  [
    "CREATE TABLE service (version integer NOT NULL, epoch text NOT NULL, origin text, probed_at bigint)",
    "CREATE TABLE orgs (id text PRIMARY KEY, slug text NOT NULL UNIQUE, name text NOT NULL)",
    `CREATE TABLE tokens (
       hash text PRIMARY KEY, id text NOT NULL UNIQUE, prefix text NOT NULL, org_id text NOT NULL REFERENCES orgs,
       project_id text, scopes text NOT NULL, name text, created_at bigint NOT NULL, last_used_at bigint,
       revoked_at bigint, expires_at bigint)`,
    "CREATE INDEX tokens_org ON tokens (org_id, created_at)",
    `CREATE TABLE projects (
       org_id text NOT NULL REFERENCES orgs, project_id text NOT NULL, number bigint GENERATED ALWAYS AS IDENTITY,
       name text, description text, created_at bigint NOT NULL, keep_days integer, PRIMARY KEY (org_id, project_id))`,
    // Outlives the project: one that is made anew must not give out places that a reader has passed.
    `CREATE TABLE places (
       org_id text NOT NULL, project_id text NOT NULL, resource smallint NOT NULL, last bigint NOT NULL,
       PRIMARY KEY (org_id, project_id, resource))`,
    ...inParts(ofOrgs),
    "CREATE UNIQUE INDEX rows_place ON rows (org_id, project, resource, place) INCLUDE (bytes)",
    "CREATE INDEX rows_blob ON rows (org_id, blob) WHERE blob IS NOT NULL",
    `CREATE TABLE audit (
       org_id text NOT NULL, at bigint NOT NULL, actor text NOT NULL, action text NOT NULL, target text NOT NULL)`,
    "CREATE INDEX audit_at ON audit (at)",
    "CREATE INDEX blob_parts_segment ON blob_parts (org_id, segment)",
  ],
  [
    ...inParts(derived),
    "CREATE INDEX commits_at ON commits (org_id, project, at)",
    "CREATE INDEX conversations_last ON conversations (org_id, project, last)",
    // Who has logged in to the team page; token_id null: with the admin secret.
    "CREATE TABLE page_sessions (hash text PRIMARY KEY, token_id text, proof text, ends_at bigint NOT NULL)",
    "ALTER TABLE orgs ADD COLUMN names_people smallint NOT NULL DEFAULT 0",
  ],
];

/** From this version on what is derived of rows is kept; those that were there before are gone through once. */
const derivedFrom = 2;

/** Any number: that of the lock under which one process at a time migrates. */
const lockNumber = 7_233_019;

/** Brings the database to this program's version; refuses one of a newer program. */
export async function migratePostgres(connection: Connection): Promise<void> {
  await connection.transaction(async (tx) => {
    await tx.run(`SELECT pg_advisory_xact_lock(${lockNumber})`);
    const [{ found } = { found: null }] = await tx.run<{ found: string | null }>(
      "SELECT to_regclass('service')::text AS found",
    );
    const known =
      found === null ? [] : await tx.run<{ version: number }>("SELECT version FROM service");
    const from = known[0]?.version ?? 0;
    if (from > migrations.length) {
      throw new AppError(
        "newer_data",
        `the service's database has version ${from}, this program knows ${migrations.length}`,
        { hint: "start the newer `agent-trace` that wrote it" },
      );
    }
    for (const statement of migrations.slice(from).flat()) await tx.run(statement);
    if (from > 0 && from < derivedFrom) await deriveAll(tx);
    if (from === 0) {
      const epoch = crypto.randomUUID().replaceAll("-", "");
      await tx.run("INSERT INTO service (version, epoch) VALUES ($1, $2)", [
        migrations.length,
        epoch,
      ]);
      const { id, slug, name } = defaultOrg;
      await tx.run("INSERT INTO orgs (id, slug, name) VALUES ($1, $2, $3)", [id, slug, name]);
    } else if (from < migrations.length) {
      await tx.run("UPDATE service SET version = $1", [migrations.length]);
    }
  });
}

interface OldRow {
  readonly resource: unknown;
  readonly place: unknown;
  readonly key: Uint8Array;
  readonly blob: string | null;
  readonly writer: string | null;
  readonly body: Uint8Array;
}

const rowsAtOnce = 1000;

async function deriveAll(tx: Transaction): Promise<void> {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
  const projects = await tx.run<{ org_id: string; number: unknown }>(
    "SELECT org_id, number FROM projects WHERE org_id IS NOT NULL",
  );
  for (const { org_id: orgId, number } of projects) {
    for (const [n, resource] of resources.entries()) {
      const page = (last: number): Promise<OldRow[]> =>
        tx.run<OldRow>(
          `SELECT place, key, blob, writer, body FROM rows
           WHERE org_id = $1 AND project = $2 AND resource = $3 AND place > $4
           ORDER BY place LIMIT ${rowsAtOnce}`,
          [orgId, Number(number), n, last],
        );
      let last = Number.MIN_SAFE_INTEGER;
      for (let rows = await page(last); rows.length > 0; rows = await page(last)) {
        // A conversation knows who sent it, and a transcript when it came.
        const alike = (row: OldRow): unknown =>
          resource === "conversations" ? row.place : row.writer;
        for (const own of Map.groupBy(rows, alike).values()) {
          const derived = own.map((row) =>
            storedRow(resource, { key: text(row.key), body: text(row.body), blob: row.blob }),
          );
          const writer = own[0]?.writer ?? null;
          const about = { orgId, project: Number(number), resource, writer, rows: derived };
          const place = Number(own[0]?.place ?? 0);
          for (const [statement, values] of derive({ list: postgresList }, { ...about, place })) {
            await tx.run(statement, values);
          }
        }
        last = Number(rows.at(-1)?.place ?? last);
      }
    }
  }
}
