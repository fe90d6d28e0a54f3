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
const tries = 20;

/**
 * Copies what a service keeps, while it runs: the database as it is at one moment, and every segment that it names.
 * Segments never change, so those of an earlier backup need no copy. One that was merged away in between is no loss:
 * the database is taken once more, and names the one that took it in. The database gets its name in the backup when
 * all its segments are there, so a backup that does not come about leaves the earlier one whole.
 */
export async function backUp(places: StorePlaces, target: string): Promise<BackedUp> {
  const database = databasePlace(places);
  const source = openSegments(places);
  const file = join(target, backupFiles[database.kind]);
  mkdirSync(join(target, "blobs"), { recursive: true, mode: 0o700 });
  let copied = 0;
  const copy = async (names: readonly string[]): Promise<boolean> => {
    const outcome = await copyOut(source, join(target, "blobs"), names);
    copied += outcome.copied;
    return outcome.isWhole;
  };
  for (let run = 0; run < tries; run++) {
    const names = await snapshot(database, `${file}.part`, copy);
    if (names === undefined) continue;
    renameSync(`${file}.part`, file);
    const about = { made_at: new Date().toISOString(), segments: names.length };
    writeFileSync(join(target, "backup.json"), `${JSON.stringify(about)}\n`, { mode: 0o600 });
    return { segments: names.length, copied };
  }
  throw new AppError("failed", "segments that the database names are not there", {
    hint: "look into the place of the transcripts; what was copied stays and the next backup goes on from it",
  });
}

/** Puts the database as it is now into a file, and its segments beside; undefined where not all of them could be had. */
async function snapshot(
  database: DatabasePlace,
  file: string,
  copy: (names: readonly string[]) => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  rmSync(file, { force: true });
  // Both who write it would make it readable by others where the umask allows it.
  closeSync(openSync(file, "wx", 0o600));
  if (database.kind === "postgres") return dumpPostgres(database, file, copy);
  const names = vacuumInto(database.path, file);
  return (await copy(names)) ? names : undefined;
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
    .query<{ name: string }, []>(
      "SELECT name FROM segments GROUP BY name ORDER BY max(created_at) DESC",
    )
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
