import { readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../errors.ts";
import { sha256Hex } from "../schema/digest.ts";
import { type PendingClaim, type PendingFile, isPendingFile } from "../schema/pending.ts";
import { diskFailure } from "./files/disk-failure.ts";
import { type LockedFile, lockFile } from "./files/lock.ts";
import type { ProjectPaths } from "./files/paths.ts";
import { replaceFile } from "./files/replace.ts";

/** Where one work tree's files with uncommitted edits are kept. */
export interface PendingPlace {
  readonly directory: string;
}

/**
 * The place of the work tree of that name. Names below it are digests: what a path may hold (line breaks, 255 bytes and
 * more) names no file.
 */
export function pendingPlace(project: ProjectPaths, name: string): PendingPlace {
  return { directory: join(project.pending, sha256Hex(name).slice(0, 32)) };
}

/** Makes what was kept under a former name the work tree's own, where it has nothing under the new one yet. */
export function adoptPendingPlace(former: PendingPlace, place: PendingPlace): void {
  try {
    renameSync(former.directory, place.directory);
  } catch {
    // There was nothing under the former name, or there is something under the new one already: that counts.
  }
}

function fileOf(place: PendingPlace, path: string): string {
  return join(place.directory, `${sha256Hex(path)}.json`);
}

/** Held from reading a record to writing it again; another event of the same work tree waits. */
export function lockPending(place: PendingPlace): LockedFile {
  return lockFile(join(place.directory, ".lock"));
}

/** What a claim says where it shares all else with the one before it, as the edits of one session do. */
type ShortClaim = readonly [traceId: string, timestamp: string];

/** A file that is edited a hundred times between two commits is written as often: its claims are kept short. */
function packClaims(claims: readonly PendingClaim[]): (PendingClaim | ShortClaim)[] {
  return claims.map((claim, place) => {
    const { traceId, timestamp } = claim;
    const repeated = { ...claims[place - 1], traceId, timestamp };
    return Bun.deepEquals(repeated, claim) ? [traceId, timestamp] : claim;
  });
}

function unpackClaims(claims: readonly (PendingClaim | ShortClaim)[]): PendingClaim[] {
  const whole: PendingClaim[] = [];
  for (const claim of claims) {
    if ("traceId" in claim) whole.push(claim);
    else whole.push({ ...whole.at(-1), traceId: claim[0], timestamp: claim[1] });
  }
  return whole;
}

function readFile(file: string): PendingFile | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isPendingFile(value) ? { ...value, claims: unpackClaims(value.claims) } : undefined;
  } catch (error) {
    const isDamaged = error instanceof SyntaxError || error instanceof TypeError;
    if (isDamaged || systemCode(error) === "ENOENT") return undefined;
    throw diskFailure(error, "read", file);
  }
}

/** What is kept of a file; undefined where nothing is, or where it is damaged: a hash is evidence enough then. */
export function readPending(place: PendingPlace, path: string): PendingFile | undefined {
  const pending = readFile(fileOf(place, path));
  return pending?.path === path ? pending : undefined;
}

/**
 * Keeps a file's record; the caller holds the lock. Not synced to the disk: it would cost a hook more than all else,
 * and what a power cut loses here is a position, which the line's hash in the trace makes up for.
 */
export function writePending(place: PendingPlace, pending: PendingFile): void {
  const packed = { ...pending, claims: packClaims(pending.claims) };
  replaceFile(fileOf(place, pending.path), JSON.stringify(packed), { durable: false });
}

export function deletePending(place: PendingPlace, path: string): void {
  rmSync(fileOf(place, path), { force: true });
}

/** Asks of paths whether they have a record, by one look at the directory; undefined where none has one. */
export function knownPending(place: PendingPlace): ((path: string) => boolean) | undefined {
  let names: Set<string>;
  try {
    names = new Set(readdirSync(place.directory).filter((name) => name.endsWith(".json")));
  } catch {
    return undefined;
  }
  if (names.size === 0) return undefined;
  return (path) => names.has(`${sha256Hex(path)}.json`);
}

/** Every file of the work tree that has a record, by path; the cost follows what is uncommitted. */
export function listPending(place: PendingPlace): PendingFile[] {
  let names: string[];
  try {
    names = readdirSync(place.directory);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw diskFailure(error, "read", place.directory);
  }
  return names
    .filter((name) => name.endsWith(".json"))
    .map((name) => readFile(join(place.directory, name)))
    .filter((pending) => pending !== undefined)
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}
