import type { RowResource } from "../../schema/resource.ts";

/** Another number means another shape: an index of another version is thrown away and made anew. */
export const indexVersion = 3;

/**
 * What is indexed of the rows of a file. `h` is a hash of the key; of a ledger or commit link only the last
 * row of a key has one. `time` is the text that stands in the row; `bytes` is the length on the wire; `edit` is 0 for events and 1 for all else.
 */
const rowTable = (resource: RowResource): string => `
  CREATE TABLE ${resource} (
    seq INTEGER PRIMARY KEY, h INTEGER UNIQUE, key TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    bytes INTEGER NOT NULL, edit INTEGER NOT NULL, time TEXT, digest TEXT NOT NULL, conversations TEXT NOT NULL
  );`;

export const indexSchema = `
  ${rowTable("traces")}
  ${rowTable("ledgers")}
  ${rowTable("commit_links")}
  ${rowTable("summaries")}
  -- How far each reader of a file has come: the bytes read, what the last of them were, whose file it was.
  CREATE TABLE reader (
    name TEXT PRIMARY KEY, inode INTEGER NOT NULL, consumed INTEGER NOT NULL, tail BLOB NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  -- Traces that a ledger names, by the hash of their id: for push and status, brought up to date apart.
  CREATE TABLE named (h INTEGER PRIMARY KEY);
  CREATE TABLE conversation (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, blob TEXT);
  CREATE INDEX kept ON conversation (number) WHERE blob IS NOT NULL;
  CREATE TABLE use (
    conversation INTEGER, resource INTEGER, seq INTEGER, PRIMARY KEY (conversation, resource, seq)
  ) WITHOUT ROWID;
  -- Read for commits and blame, not for push and pull: brought up to date apart, when asked.
  CREATE TABLE path (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
  CREATE TABLE touch (path INTEGER, time INTEGER, seq INTEGER, PRIMARY KEY (path, time, seq)) WITHOUT ROWID;
  -- What ledgers claim: hashes of lines, and of paths. Rows that no longer count stay.
  CREATE TABLE claim (h INTEGER, seq INTEGER, PRIMARY KEY (h, seq)) WITHOUT ROWID;
  CREATE TABLE line (h INTEGER, seq INTEGER, PRIMARY KEY (h, seq)) WITHOUT ROWID;
  PRAGMA user_version = ${indexVersion};
`;
