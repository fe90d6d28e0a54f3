import { Database } from "bun:sqlite";
import { closeSync, rmSync } from "node:fs";
import { indexSchema, indexVersion } from "./schema.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { openPrivateFile } from "../files/private-files.ts";

/** Milliseconds for which another process may keep the index before the answer comes from the files. */
export const patienceOfHooks = 1000;
/** What an exchange with a remote has acknowledged must be in the index itself, so it waits as long as a person would. */
export const patienceOfExchanges = 30_000;

function configure(database: Database, patience: number): void {
  database.run(`PRAGMA busy_timeout = ${patience}`);
  database.run("PRAGMA journal_mode = WAL");
  // A power cut may lose the last transactions, and the files say it all again; a kill loses none.
  database.run("PRAGMA synchronous = NORMAL");
  database.run("PRAGMA cache_size = -65536");
  database.run("PRAGMA wal_autocheckpoint = 10000");
}

function version(database: Database): number {
  const row = database.query("PRAGMA user_version").get() as { user_version: number };
  return row.user_version;
}

/** Closes for good: left to itself, a connection with prepared statements lives on and keeps its locks. */
export function closeDatabase(database: Database): void {
  try {
    database.close(true);
  } catch {
    database.close();
  }
}

/** Runs in a transaction that writes from its first moment: a deferred one fails when another gets ahead of it. */
export function transact<T>(database: Database, run: () => T): T {
  if (database.inTransaction) return run();
  database.run("BEGIN IMMEDIATE");
  try {
    const result = run();
    database.run("COMMIT");
    return result;
  } catch (error) {
    if (database.inTransaction) database.run("ROLLBACK");
    throw error;
  }
}

export interface DatabaseOptions {
  readonly patience: number;
  /** SQL of the tables that a guest brings along. */
  readonly tables: string;
}

/** A database of derived facts, in a file of its own. */
export interface DatabaseFile {
  readonly path: string;
  readonly directory: string;
  readonly patience: number;
  /** Another number means another shape. */
  readonly version: number;
  /** SQL that makes the tables and sets `user_version`. */
  readonly schema: string;
}

/** Opens a database of derived facts, and makes its tables where it is new; one of another version is `DamagedIndex`. */
export function openDatabaseFile(file: DatabaseFile): Database {
  const { path, directory, patience } = file;
  // SQLite gives `-wal` and `-shm` the mode that the database has: it exists, with ours, before SQLite opens it.
  closeSync(openPrivateFile(path, directory).descriptor);
  const database = new Database(path);
  try {
    configure(database, patience);
    if (version(database) !== file.version) {
      transact(database, () => {
        const found = version(database);
        if (found === file.version) return;
        if (found !== 0) throw new DamagedIndex();
        database.run(file.schema);
      });
    }
    return database;
  } catch (error) {
    closeDatabase(database);
    throw error;
  }
}

function openFile(project: ProjectPaths, { patience, tables }: DatabaseOptions): Database {
  const { index: path, directory } = project;
  const schema = indexSchema + tables;
  return openDatabaseFile({ path, directory, patience, version: indexVersion, schema });
}

/** The index contradicts the files, or was made by another version: it is thrown away and made anew. */
export class DamagedIndex extends Error {}

const damage = new Set(["SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_SCHEMA"]);

export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedIndex) return true;
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string")
    return false;
  const { code } = error;
  return [...damage].some((name) => code === name || code.startsWith(`${name}_`));
}

export function removeDatabaseFile(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
}

export function removeIndex(project: ProjectPaths): void {
  removeDatabaseFile(project.index);
}

/** An index that is nowhere but in memory, for when the one on disk cannot be had. */
export function openMemoryIndex(tables: string): Database {
  const database = new Database(":memory:");
  database.run(indexSchema);
  database.run(tables);
  return database;
}

/** Opens `index.db`, making it where it is missing, of another version or damaged. */
export function openIndexDatabase(project: ProjectPaths, options: DatabaseOptions): Database {
  try {
    return openFile(project, options);
  } catch (error) {
    if (!isDamage(error)) return openMemoryIndex(options.tables);
    try {
      removeIndex(project);
      return openFile(project, options);
    } catch {
      return openMemoryIndex(options.tables);
    }
  }
}
