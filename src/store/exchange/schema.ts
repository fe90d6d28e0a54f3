/** What each remote has, within `index.db`. Rows are named by their numbers there. */
export const manifestSchema = `
  -- What each remote has: all rows up to a mark, but for those that wait.
  CREATE TABLE remote (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, url TEXT, epoch TEXT);
  CREATE TABLE mark (remote INTEGER, resource TEXT, seq INTEGER NOT NULL, PRIMARY KEY (remote, resource)) WITHOUT ROWID;
  CREATE TABLE waiting (remote INTEGER, resource TEXT, seq INTEGER, PRIMARY KEY (remote, resource, seq)) WITHOUT ROWID;
  -- What a manifest names and no file here holds.
  CREATE TABLE stray (remote INTEGER, resource TEXT, key TEXT, PRIMARY KEY (remote, resource, key)) WITHOUT ROWID;
  CREATE TABLE cursor (remote INTEGER, resource TEXT, value TEXT NOT NULL, PRIMARY KEY (remote, resource)) WITHOUT ROWID;
  CREATE TABLE blob (remote INTEGER, id TEXT, PRIMARY KEY (remote, id)) WITHOUT ROWID;
  -- Which snapshot of a conversation the remote's pointer names; none where only that it has one is known.
  CREATE TABLE pointer (remote INTEGER, id TEXT, blob TEXT, PRIMARY KEY (remote, id)) WITHOUT ROWID;
  -- Files outside the index as they were when both agreed.
  CREATE TABLE agreement (name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) WITHOUT ROWID;
`;
