import { Database } from "bun:sqlite";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import {
  type DatabasePlace,
  type StorePlaces,
  databasePlace,
  openSegments,
} from "./data-directory.ts";
import { dumpPostgres } from "./postgres-dump.ts";
import type { SegmentStore } from "./segment-store.ts";

export interface BackedUp {
  readonly segments: number;
  /** Of these, those that an earlier backup in the same directory had not. */
  readonly copied: number;
}

/** What a backup's database is called, by where it came from. */
export const backupFiles = { sqlite: "service.db", postgres: "service.dump" } as const;
/** How often the database is taken again because a segment went while its bytes were copied. */
const tries = 5;

/**
 * Copies what a service keeps, while it runs: first the database as it is at one moment, then every segment that it
 * names. Segments never change, so those of an earlier backup need no copy. One that was merged away in between is no
 * loss: the database is taken once more, and names the one that took it in.
 */
export async function backUp(places: StorePlaces, target: string): Promise<BackedUp> {
  const database = databasePlace(places);
  const source = openSegments(places);
  mkdirSync(join(target, "blobs"), { recursive: true, mode: 0o700 });
  let copied = 0;
  for (let run = 0; run < tries; run++) {
    const names = await snapshot(database, target);
    const outcome = await copyOut(source, join(target, "blobs"), names);
    copied += outcome.copied;
    if (outcome.isWhole) {
      const about = { made_at: new Date().toISOString(), segments: names.length };
      writeFileSync(join(target, "backup.json"), `${JSON.stringify(about)}\n`, { mode: 0o600 });
      return { segments: names.length, copied };
    }
  }
  throw new AppError("failed", "segments that the database names are not there", {
    hint: "look into the place of the transcripts; what was copied stays and the next backup goes on from it",
  });
}

/** Puts the database as it is now into the backup, and gives the names of its segments. */
async function snapshot(database: DatabasePlace, target: string): Promise<string[]> {
  const file = join(target, backupFiles[database.kind]);
  const temporary = `${file}.part`;
  rmSync(temporary, { force: true });
  // Both who write it would make it readable by others where the umask allows it.
  closeSync(openSync(temporary, "wx", 0o600));
  const names =
    database.kind === "postgres"
      ? await dumpPostgres(database, temporary)
      : vacuumInto(database.path, temporary);
  renameSync(temporary, file);
  return names;
}

function vacuumInto(path: string, file: string): string[] {
  {
    using database = new Database(path, { readonly: true });
    database.run("PRAGMA busy_timeout = 10000");
    database.run("VACUUM INTO ?", [file]);
  }
  return namesIn(file);
}

/** Names of the segments in a database that is a file. */
export function namesIn(path: string): string[] {
  using database = new Database(path, { readonly: true });
  return database
    .query<{ name: string }, []>("SELECT DISTINCT name FROM segments")
    .all()
    .map(({ name }) => name);
}

async function copyOut(
  from: SegmentStore,
  to: string,
  names: readonly string[],
): Promise<{ copied: number; isWhole: boolean }> {
  let copied = 0;
  let isWhole = true;
  for (const name of names) {
    const path = join(to, name.slice(0, 2), name);
    if (existsSync(path)) continue;
    const stream = await from.read(name, 0);
    if (stream === undefined) {
      isWhole = false;
      continue;
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.part`, await new Response(stream).bytes(), { mode: 0o600 });
    renameSync(`${path}.part`, path);
    copied++;
  }
  return { copied, isWhole };
}
