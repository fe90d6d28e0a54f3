/** Another number means another shape: a `search.db` of another version is thrown away and made anew. */
export const searchVersion = 2;

/**
 * What was said, one row a turn. Its number begins with its time: milliseconds × 1,024, so that the newest come first
 * without being sorted. `words` keeps no text of its own; its column `marks` holds a word for the conversation and
 * one for the agent, so that a filter costs what it leaves.
 */
export const searchSchema = `
  CREATE TABLE transcript (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, agent TEXT NOT NULL, form TEXT, turns INTEGER NOT NULL,
    path TEXT NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL, modified REAL NOT NULL,
    consumed INTEGER NOT NULL, tail BLOB NOT NULL
  );
  CREATE TABLE said (
    number INTEGER PRIMARY KEY, transcript INTEGER NOT NULL, place INTEGER NOT NULL, speaker TEXT NOT NULL, text TEXT NOT NULL
  );
  CREATE INDEX said_in ON said (transcript);
  CREATE VIRTUAL TABLE words USING fts5(
    text, marks, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
  );
  PRAGMA user_version = ${searchVersion};
`;
