import { Database } from "bun:sqlite";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import { openSqliteRecords } from "./sqlite-records.ts";

export interface BackedUp {
  readonly segments: number;
  /** Of these, those that an earlier backup in the same directory had not. */
  readonly copied: number;
}

/** How often the database is taken again because a segment went while its bytes were copied. */
const tries = 5;

/**
 * Copies a data directory while its service runs: first the database as it is at one moment, then every segment that it
 * names. Segments never change, so those of an earlier backup need no copy. One that was merged away in between is no
 * loss: the database is taken once more, and names the one that took it in.
 */
export function backUp(data: string, target: string): BackedUp {
  const source = join(data, "service.db");
  mkdirSync(join(target, "blobs"), { recursive: true, mode: 0o700 });
  let copied = 0;
  for (let run = 0; run < tries; run++) {
    const names = snapshot(source, target);
    const outcome = copySegments(join(data, "blobs"), join(target, "blobs"), names);
    copied += outcome.copied;
    if (outcome.isWhole) {
      const about = { made_at: new Date().toISOString(), segments: names.length };
      writeFileSync(join(target, "backup.json"), `${JSON.stringify(about)}\n`, { mode: 0o600 });
      return { segments: names.length, copied };
    }
  }
  throw new AppError("failed", "segments that the database names are not there", {
    hint: "look into the blobs of the data directory; what was copied stays and the next backup goes on from it",
  });
}

/** Puts the database as it is now into the backup, and gives the names of its segments. */
function snapshot(source: string, target: string): string[] {
  const temporary = join(target, "service.db.part");
  rmSync(temporary, { force: true });
  using database = new Database(source, { readonly: true });
  database.run("PRAGMA busy_timeout = 10000");
  database.run("VACUUM INTO ?", [temporary]);
  renameSync(temporary, join(target, "service.db"));
  using copy = new Database(join(target, "service.db"), { readonly: true });
  return copy
    .query<{ name: string }, []>("SELECT DISTINCT name FROM segments")
    .all()
    .map(({ name }) => name);
}

function copySegments(
  from: string,
  to: string,
  names: readonly string[],
): { copied: number; isWhole: boolean } {
  let copied = 0;
  let isWhole = true;
  for (const name of names) {
    const path = join(name.slice(0, 2), name);
    if (existsSync(join(to, path))) continue;
    if (!existsSync(join(from, path))) {
      isWhole = false;
      continue;
    }
    mkdirSync(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    copyFileSync(join(from, path), join(to, `${path}.part`));
    renameSync(join(to, `${path}.part`), join(to, path));
    copied++;
  }
  return { copied, isWhole };
}

/**
 * Makes a data directory of a backup. It gets another epoch, so that clients find out what it lacks and send it. Throws
 * where the directory has a service already.
 */
export async function restore(backup: string, data: string): Promise<{ segments: number }> {
  if (!existsSync(join(backup, "service.db"))) {
    throw new AppError("not_found", `there is no backup in ${backup}`, {
      hint: "name the directory that `agent-trace admin backup <directory>` wrote",
    });
  }
  if (existsSync(join(data, "service.db"))) {
    throw new AppError("usage", `there is a service's data in ${data} already`, {
      hint: "stop the service and move that directory away, or name another one with `--data`",
    });
  }
  mkdirSync(join(data, "blobs"), { recursive: true, mode: 0o700 });
  using copy = new Database(join(backup, "service.db"), { readonly: true });
  const names = copy
    .query<{ name: string }, []>("SELECT DISTINCT name FROM segments")
    .all()
    .map(({ name }) => name);
  // The database comes last: before it is there, the directory is none of a service, and may be restored again.
  const { isWhole } = copySegments(join(backup, "blobs"), join(data, "blobs"), names);
  if (!isWhole) {
    throw new AppError("damaged_file", `segments are missing in the backup ${backup}`, {
      hint: "take another backup; this one was not finished",
    });
  }
  const temporary = join(data, "service.db.part");
  copyFileSync(join(backup, "service.db"), temporary);
  const now = (): number => Date.now() * 1000;
  const records = openSqliteRecords(temporary, now);
  await records.renewEpoch();
  const [first] = await records.orgs();
  await records.operations.note({
    at: now(),
    org_id: first?.id ?? "",
    actor: "admin",
    action: "restore",
    target: "the whole service",
  });
  await records.close();
  rmSync(`${temporary}.mark`, { force: true });
  renameSync(temporary, join(data, "service.db"));
  return { segments: names.length };
}
