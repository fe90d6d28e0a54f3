import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../errors.ts";
import { sha256Hex } from "../schema/digest.ts";
import { diskFailure } from "./disk-failure.ts";
import { isObject } from "./json-file.ts";
import { type LockedFile, lockFile } from "./lock.ts";
import type { ProjectPaths } from "./paths.ts";
import { replaceFile } from "./replace.ts";

/** One work tree's files with edits that no commit has taken yet. */
export interface PendingPlace {
  readonly directory: string;
}

export interface PendingRecord<T> {
  /** Relative to the work tree's root, with `/`. */
  readonly path: string;
  readonly record: T;
}

/** Names in the directory are digests: what a path may hold (line breaks, 255 bytes and more) names no file. */
export function pendingPlace(project: ProjectPaths, workTree: string): PendingPlace {
  return { directory: join(project.pending, sha256Hex(workTree).slice(0, 32)) };
}

function fileOf(place: PendingPlace, path: string): string {
  return join(place.directory, `${sha256Hex(path)}.json`);
}

/** Held from reading a record to writing it again; another event of the same work tree waits. */
export function lockPending(place: PendingPlace): LockedFile {
  return lockFile(join(place.directory, ".lock"));
}

function readFile<T>(path: string): PendingRecord<T> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isObject(value) && typeof value["path"] === "string" && "record" in value) {
      return value as unknown as PendingRecord<T>;
    }
  } catch (error) {
    const code = systemCode(error);
    if (code !== undefined && code !== "ENOENT") throw diskFailure(error, "read", path);
  }
  return undefined;
}

/** What is kept of a file; undefined where nothing is, or where it is damaged: a hash is evidence enough then. */
export function readPending<T>(place: PendingPlace, path: string): T | undefined {
  const found = readFile<T>(fileOf(place, path));
  return found?.path === path ? found.record : undefined;
}

/**
 * Keeps a file's record; the caller holds the lock. Not synced to the disk: it would cost a hook more than all else,
 * and what a power cut loses here is a position, which the line's hash in the trace makes up for.
 */
export function writePending<T>(place: PendingPlace, path: string, record: T): void {
  replaceFile(fileOf(place, path), JSON.stringify({ path, record }), { durable: false });
}

export function deletePending(place: PendingPlace, path: string): void {
  rmSync(fileOf(place, path), { force: true });
}

/** Every file of the work tree that has a record; the cost follows what is uncommitted. */
export function listPending<T>(place: PendingPlace): PendingRecord<T>[] {
  let names: string[];
  try {
    names = readdirSync(place.directory);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw diskFailure(error, "read", place.directory);
  }
  return names
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => readFile<T>(join(place.directory, name)))
    .filter((found) => found !== undefined);
}
