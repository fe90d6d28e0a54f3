import type { Database } from "bun:sqlite";
import { AppError } from "../errors.ts";
import { defaultOrg } from "./records.ts";

/** Applied in order, each once; `user_version` counts them. An applied one is never edited. */
const migrations: readonly string[] = [
  `
  CREATE TABLE service (epoch TEXT NOT NULL) STRICT;
  CREATE TABLE orgs (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
  ) STRICT;
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    org_id TEXT NOT NULL REFERENCES orgs (id),
    project_id TEXT,
    scopes TEXT NOT NULL,
    name TEXT,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
  ) STRICT;
  CREATE INDEX tokens_org ON tokens (org_id, created_at);
  CREATE TABLE projects (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id TEXT NOT NULL REFERENCES orgs (id),
    project_id TEXT NOT NULL,
    name TEXT,
    description TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (org_id, project_id)
  ) STRICT;
  -- Outlives the project: one that is made anew must not give out places that a reader has passed.
  CREATE TABLE places (
    org_id TEXT NOT NULL REFERENCES orgs (id),
    project_id TEXT NOT NULL,
    resource INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (org_id, project_id, resource)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE rows (
    number INTEGER PRIMARY KEY,
    project INTEGER NOT NULL REFERENCES projects (number) ON DELETE CASCADE,
    resource INTEGER NOT NULL,
    place INTEGER NOT NULL,
    key TEXT NOT NULL,
    blob TEXT,
    writer TEXT,
    bytes INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX rows_key ON rows (project, resource, key);
  CREATE UNIQUE INDEX rows_place ON rows (project, resource, place, bytes);
  -- project_id '': known to the org, and to no project of its own.
  CREATE TABLE known_blobs (
    org_id TEXT NOT NULL REFERENCES orgs (id),
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id, project_id)
  ) STRICT, WITHOUT ROWID;
  `,
  // An index over all keys would be written to in as many places as a batch has rows: new keys gather in a small one.
  `
  CREATE TABLE keys (
    project INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (project, resource, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE fresh_keys (
    project INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (project, resource, key)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO keys SELECT project, resource, key, number FROM rows ORDER BY project, resource, key;
  DROP INDEX rows_key;
  -- Instead of references, which would be looked up for each row once more.
  CREATE TRIGGER projects_keys AFTER DELETE ON projects BEGIN
    DELETE FROM keys WHERE project = old.number;
    DELETE FROM fresh_keys WHERE project = old.number;
  END;
  `,
  // A ledger says who wrote what: who replaces one must not be able to make the former one unseen.
  `
  CREATE TABLE versions (
    project INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    writer TEXT,
    replaced_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX versions_key ON versions (project, resource, key, place);
  CREATE TRIGGER projects_versions AFTER DELETE ON projects BEGIN
    DELETE FROM versions WHERE project = old.number;
  END;
  ALTER TABLE tokens ADD COLUMN expires_at INTEGER;
  ALTER TABLE service ADD COLUMN probed_at INTEGER;
  `,
  // A blob was one file; now it is a list of parts of segments. What is there becomes a segment under its old name.
  `
  CREATE TABLE segments (
    org_id TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    encoding TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE blobs (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE blob_parts (
    org_id TEXT NOT NULL,
    blob TEXT NOT NULL,
    position INTEGER NOT NULL,
    segment TEXT NOT NULL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    state BLOB,
    PRIMARY KEY (org_id, blob, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blob_parts_segment ON blob_parts (org_id, segment);
  INSERT INTO blobs SELECT org_id, id, max(size), min(created_at) FROM known_blobs GROUP BY org_id, id;
  INSERT INTO segments SELECT org_id, id, size, 'plain', created_at FROM blobs WHERE size > 0;
  INSERT INTO blob_parts SELECT org_id, id, 0, id, 0, size, NULL FROM blobs WHERE size > 0;
  `,
  // What a purge took must not come back, and what admins do must stay known.
  `
  CREATE TABLE tombstones (
    org_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (org_id, name, project_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    org_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_at ON audit (at);
  CREATE INDEX rows_blob ON rows (blob) WHERE blob IS NOT NULL;
  ALTER TABLE projects ADD COLUMN keep_days INTEGER;
  -- Keys of rows that retention or a purge deletes.
  CREATE TRIGGER rows_keys AFTER DELETE ON rows BEGIN
    DELETE FROM keys WHERE project = old.project AND resource = old.resource AND key = old.key;
    DELETE FROM fresh_keys WHERE project = old.project AND resource = old.resource AND key = old.key;
  END;
  `,
];

/** Brings the database to this program's version, under a lock; refuses one of a newer program. */
export function migrate(database: Database): void {
  const version = (): number =>
    database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  if (version() === migrations.length) return;
  database
    .transaction(() => {
      // Asked again under the lock: another process may have been faster.
      const from = version();
      if (from > migrations.length) {
        throw new AppError(
          "newer_data",
          `the service's database has version ${from}, this program knows ${migrations.length}`,
          { hint: "start the newer `agent-trace` that wrote it" },
        );
      }
      for (const migration of migrations.slice(from)) database.run(migration);
      database.run(`PRAGMA user_version = ${migrations.length}`);
      if (from === 0) {
        database.run("INSERT INTO service (epoch) VALUES (?)", [
          crypto.randomUUID().replaceAll("-", ""),
        ]);
        const { id, slug, name } = defaultOrg;
        database.run("INSERT INTO orgs (id, slug, name) VALUES (?, ?, ?)", [id, slug, name]);
      }
    })
    .immediate();
}
