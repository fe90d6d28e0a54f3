import { readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
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
 * The place of the work tree of that name. Files in it are named by the digest of a path, since a path may hold what no
 * file name may: slashes, line breaks, more than 255 bytes.
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

/** When a pending file was written, as the file system's clock has it; 0 where there is none. */
export function pendingTime(place: PendingPlace, path: string): number {
  return statSync(fileOf(place, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The lock is held from reading a record to writing it again. Another event of the same work tree waits for it. */
export function lockPending(place: PendingPlace): LockedFile {
  return lockFile(join(place.directory, ".lock"));
}

/** A claim as it is written behind another one of the same session: only what differs. */
type ShortClaim = readonly [traceId: string, timestamp: string];

/**
 * A file that is edited a hundred times before a commit is written a hundred times, so its claims are kept short. Both
 * ways are plain loops: what is called for each claim would be compiled by the runtime, in each hook anew.
 */
function packClaims(claims: readonly PendingClaim[]): (PendingClaim | ShortClaim)[] {
  const packed: (PendingClaim | ShortClaim)[] = [];
  let last: PendingClaim | undefined;
  for (const claim of claims) {
    const isRepeated =
      last !== undefined &&
      last.modelId === claim.modelId &&
      last.conversationId === claim.conversationId &&
      last.tool?.name === claim.tool?.name &&
      last.tool?.version === claim.tool?.version;
    packed.push(isRepeated ? [claim.traceId, claim.timestamp] : claim);
    last = claim;
  }
  return packed;
}

function unpackClaims(claims: readonly (PendingClaim | ShortClaim)[]): PendingClaim[] {
  const whole: PendingClaim[] = [];
  let last: PendingClaim | undefined;
  for (const claim of claims) {
    last = "traceId" in claim ? claim : { ...last, traceId: claim[0], timestamp: claim[1] };
    whole.push(last);
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

/** What is kept of a file. Undefined where nothing is, or where it is damaged: the hashes of traces tell enough then. */
export function readPending(place: PendingPlace, path: string): PendingFile | undefined {
  const pending = readFile(fileOf(place, path));
  return pending?.path === path ? pending : undefined;
}

/**
 * Keeps a file's record; the caller holds the lock. It is not synced to the disk: that would cost a hook more than all
 * else. A power cut may lose positions here; the hashes in the trace make up for them.
 */
export function writePending(place: PendingPlace, pending: PendingFile): void {
  const packed = { ...pending, claims: packClaims(pending.claims) };
  replaceFile(fileOf(place, pending.path), JSON.stringify(packed), { durable: false });
}

export function deletePending(place: PendingPlace, path: string): void {
  rmSync(fileOf(place, path), { force: true });
}

/** A function that tells whether a path has a record, after one look at the directory. Undefined where no path has. */
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

/**
 * Every file of the work tree that has a record, one at a time, or those whose record nobody wrote since a time. The cost
 * follows how much is uncommitted.
 */
export function* eachPending(
  place: PendingPlace,
  { untouchedSince }: { readonly untouchedSince?: number } = {},
): Generator<PendingFile> {
  let names: string[];
  try {
    names = readdirSync(place.directory);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw diskFailure(error, "read", place.directory);
  }
  const isOld = (file: string): boolean =>
    untouchedSince === undefined ||
    (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < untouchedSince;
  for (const name of names) {
    const file = join(place.directory, name);
    const pending = name.endsWith(".json") && isOld(file) ? readFile(file) : undefined;
    if (pending !== undefined) yield pending;
  }
}

/** As `eachPending`, all at once and by path. */
export function listPending(place: PendingPlace): PendingFile[] {
  return [...eachPending(place)].sort((one, other) => (one.path < other.path ? -1 : 1));
}
