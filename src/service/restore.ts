import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import { backupFiles, namesIn } from "./backup.ts";
import {
  type DatabasePlace,
  type StorePlaces,
  databasePlace,
  openSegments,
} from "./data-directory.ts";
import { openFileSegments } from "./file-segments.ts";
import { requireEmpty, restorePostgres, segmentsInDump } from "./postgres-dump.ts";
import { openPostgresRecords } from "./postgres-records.ts";
import type { Records } from "./records.ts";
import type { SegmentStore } from "./segment-store.ts";
import { openSqliteRecords } from "./sqlite-records.ts";

/**
 * Makes a service's data of a backup. It gets another epoch, so that clients find out what it lacks and send it. The
 * database comes last: before it is there, the place is none of a service, and may be restored to again. Throws
 * where there is a service already.
 */
export async function restore(backup: string, places: StorePlaces): Promise<{ segments: number }> {
  const database = databasePlace(places);
  const file = join(backup, backupFiles[database.kind]);
  if (!existsSync(file)) throw notThere(backup, database);
  await requireNone(database);
  const source = openFileSegments(join(backup, "blobs"));
  const target = openSegments(places);
  const names = database.kind === "postgres" ? await segmentsInDump(file, database) : namesIn(file);
  await copyIn(source, target, names);
  const now = (): number => Date.now() * 1000;
  if (database.kind === "postgres") {
    await restorePostgres(database, file);
    await renew(await openPostgresRecords(database.url, now), now());
  } else {
    const temporary = `${database.path}.part`;
    mkdirSync(dirname(temporary), { recursive: true, mode: 0o700 });
    copyFileSync(file, temporary);
    await renew(openSqliteRecords(temporary, now), now());
    rmSync(`${temporary}.mark`, { force: true });
    renameSync(temporary, database.path);
  }
  return { segments: names.length };
}

async function requireNone(database: DatabasePlace): Promise<void> {
  if (database.kind === "postgres") return requireEmpty(database);
  if (!existsSync(database.path)) return;
  throw new AppError("usage", `there is a service's data in ${dirname(database.path)} already`, {
    hint: "stop the service and move that directory away, or name another one with `--data`",
  });
}

function notThere(backup: string, { kind }: DatabasePlace): AppError {
  const other = kind === "sqlite" ? "postgres" : "sqlite";
  if (existsSync(join(backup, backupFiles[other]))) {
    return new AppError("usage", `the backup in ${backup} is of another kind of database`, {
      hint:
        other === "postgres"
          ? "name an empty PostgreSQL database with `--database postgres://user@host/database`"
          : "leave `--database` and `DATABASE_URL` out, or name a file with `--database sqlite:/absolute/path`",
    });
  }
  return new AppError("not_found", `there is no backup in ${backup}`, {
    hint: "name the directory that `agent-trace admin backup <directory>` wrote",
  });
}

/** Throws where the backup lacks one. Those that an earlier try brought are not sent again. */
async function copyIn(
  from: SegmentStore,
  to: SegmentStore,
  names: readonly string[],
): Promise<void> {
  const lacking = await from.lost(names);
  if (lacking.size > 0) {
    throw new AppError("damaged_file", "segments are missing in the backup", {
      hint: "take another backup; this one was not finished",
    });
  }
  const there = new Set<string>();
  for await (const { name } of to.list()) there.add(name);
  for (const name of names) {
    if (there.has(name)) continue;
    await to.put(name, await new Response(await from.read(name, 0)).bytes());
  }
}

async function renew(records: Records, at: number): Promise<void> {
  await records.renewEpoch();
  const [first] = await records.orgs();
  await records.operations.note({
    at,
    org_id: first?.id ?? "",
    actor: "admin",
    action: "restore",
    target: "the whole service",
  });
  await records.close();
}
