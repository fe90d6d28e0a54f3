import type { Database } from "bun:sqlite";
import { closeSync } from "node:fs";
import { dirname } from "node:path";
import { openPrivateFile } from "./private-files.ts";

export interface DatabaseLock {
  release(): void;
}

/** A database that nobody refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<Database>();

/**
 * A lock for systems without `flock`: a write transaction on an empty database beside the file, which its system
 * frees with the process as well. SQLite is loaded only where it comes to that.
 */
export function tryDatabaseLock(path: string): DatabaseLock | undefined {
  const { Database: Sqlite } = process.getBuiltinModule("bun:sqlite" as "fs") as unknown as {
    Database: typeof Database;
  };
  closeSync(openPrivateFile(path, dirname(path)).descriptor);
  const database = new Sqlite(path);
  try {
    database.run("PRAGMA busy_timeout = 0");
    database.run("BEGIN IMMEDIATE");
  } catch {
    database.close();
    return undefined;
  }
  held.add(database);
  return {
    release() {
      held.delete(database);
      database.close();
    },
  };
}
