import { AppError } from "../errors.ts";
import type { Connection } from "./postgres-connection.ts";
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

const partitioned = Object.entries(ofOrgs).flatMap(([table, columns]) => [
  `CREATE TABLE ${table} (${columns}) PARTITION BY HASH (org_id)`,
  ...Array.from(
    { length: partitions },
    (_, part) =>
      `CREATE TABLE ${table}_${part} PARTITION OF ${table}
       FOR VALUES WITH (MODULUS ${partitions}, REMAINDER ${part})`,
  ),
]);

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
    ...partitioned,
    "CREATE UNIQUE INDEX rows_place ON rows (org_id, project, resource, place) INCLUDE (bytes)",
    "CREATE INDEX rows_blob ON rows (org_id, blob) WHERE blob IS NOT NULL",
    `CREATE TABLE audit (
       org_id text NOT NULL, at bigint NOT NULL, actor text NOT NULL, action text NOT NULL, target text NOT NULL)`,
    "CREATE INDEX audit_at ON audit (at)",
    "CREATE INDEX blob_parts_segment ON blob_parts (org_id, segment)",
  ],
];

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
