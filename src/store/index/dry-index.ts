import { Database } from "bun:sqlite";

/** A copy of the index in memory, for a run that must leave no trace of itself. */
export function copyToMemory(database: Database): Database {
  const image = database.serialize();
  // Bytes 18 and 19 say that the database has a write-ahead log, which one in memory cannot have.
  image[18] = 1;
  image[19] = 1;
  return Database.deserialize(image);
}
