import type { Database } from "bun:sqlite";
import { AppError } from "../errors.ts";
import { defaultOrg } from "./records.ts";
import { deriveAll } from "./sqlite-derive-all.ts";

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
  // What the team page asks by time and path, which rows are too opaque for. All of it can be derived again.
  `
  CREATE TABLE commits (
    org_id TEXT NOT NULL,
    project INTEGER NOT NULL,
    sha TEXT NOT NULL,
    parents TEXT,
    at INTEGER,
    ledger_at INTEGER,
    link_at INTEGER,
    counted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, project, sha)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX commits_at ON commits (org_id, project, at);
  CREATE TABLE commit_files (
    org_id TEXT NOT NULL,
    project INTEGER NOT NULL,
    sha TEXT NOT NULL,
    path TEXT NOT NULL,
    added INTEGER,
    apart TEXT,
    PRIMARY KEY (org_id, project, sha, path)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE claims (
    org_id TEXT NOT NULL,
    project INTEGER NOT NULL,
    sha TEXT NOT NULL,
    n INTEGER NOT NULL,
    path TEXT NOT NULL,
    conversation TEXT NOT NULL,
    model TEXT NOT NULL,
    trace TEXT NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (org_id, project, sha, n)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE conversations (
    org_id TEXT NOT NULL,
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    agent TEXT,
    model TEXT,
    first INTEGER,
    last INTEGER,
    edits INTEGER NOT NULL,
    writer TEXT,
    blob TEXT,
    place INTEGER,
    words_of TEXT,
    summary TEXT,
    summary_place INTEGER,
    words TEXT,
    PRIMARY KEY (org_id, project, id)
  ) STRICT;
  CREATE INDEX conversations_last ON conversations (org_id, project, last);
  CREATE TRIGGER projects_derived AFTER DELETE ON projects BEGIN
    DELETE FROM commits WHERE org_id = old.org_id AND project = old.number;
    DELETE FROM commit_files WHERE org_id = old.org_id AND project = old.number;
    DELETE FROM claims WHERE org_id = old.org_id AND project = old.number;
    DELETE FROM conversations WHERE org_id = old.org_id AND project = old.number;
  END;
  -- Who has logged in to the team page; token_id null: with the admin secret.
  CREATE TABLE page_sessions (
    hash TEXT PRIMARY KEY,
    token_id TEXT,
    proof TEXT,
    ends_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE orgs ADD COLUMN names_people INTEGER NOT NULL DEFAULT 0;
  `,
];

/** From this version on what is derived of rows is kept; those that were there before are gone through once. */
const derivedFrom = 6;

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
      if (from > 0 && from < derivedFrom) deriveAll(database);
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
