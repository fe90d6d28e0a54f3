import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AppError, systemCode } from "../../errors.ts";
import type { BlobId } from "../../schema/ids.ts";
import { diskFailure } from "../files/disk-failure.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { createPrivateFile, makePrivateDirectory } from "../files/private-files.ts";
import { syncDirectory } from "../files/replace.ts";
import type { RewriteState, Rewriting } from "./rewrite.ts";

const chunkBytes = 1024 * 1024;

/** Where a transcript's bytes are kept: `conversations/<first two digits>/<sha256>`. */
function snapshotPath(project: ProjectPaths, blob: BlobId): string {
  return join(project.conversations, blob.slice(0, 2), blob);
}

export function hasSnapshot(project: ProjectPaths, blob: BlobId): boolean {
  return existsSync(snapshotPath(project, blob));
}

/** A snapshot in the cache. */
export interface KeptSnapshot {
  readonly path: string;
  readonly bytes: number;
  /** Of the transcript's last byte: kept as the file's own time. */
  readonly time: Date;
}

/** Undefined where the cache does not have it. */
export function findSnapshot(project: ProjectPaths, blob: BlobId): KeptSnapshot | undefined {
  const path = snapshotPath(project, blob);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return undefined;
  return { path, bytes: stats.size, time: stats.mtime };
}

/** The bytes as a value that can be streamed more than once; empty where the cache does not have them. */
export function openSnapshot(project: ProjectPaths, blob: BlobId): Blob {
  return Bun.file(snapshotPath(project, blob));
}

export function removeSnapshot(project: ProjectPaths, blob: BlobId): void {
  rmSync(snapshotPath(project, blob), { force: true });
}

/** Gives a snapshot the time of its transcript's last byte, which is where that time is kept. */
export function dateSnapshot(project: ProjectPaths, blob: BlobId, time: string): void {
  const date = new Date(time);
  const kept = findSnapshot(project, blob);
  if (Number.isNaN(date.getTime()) || kept === undefined) return;
  // Unchanged content keeps its file as it is: a push without news touches nothing.
  if (kept.time.getTime() !== date.getTime()) utimesSync(kept.path, date, date);
}

/** Where downloads stand until they are whole: one directory, so that what a kill left is found without a search. */
function incomingDirectory(project: ProjectPaths): string {
  return join(project.conversations, "incoming");
}

/** Takes away what a killed pull left behind. The caller holds the lock of syncs. */
export function removeIncoming(project: ProjectPaths): void {
  rmSync(incomingDirectory(project), { recursive: true, force: true });
}

/** A file on its way to a name that its bytes decide. */
interface Incoming {
  readonly descriptor: number;
  readonly path: string;
  readonly hasher: Bun.CryptoHasher;
}

/** The temporary name is always the same for one content, so that what a kill left behind never heaps up. */
function beginIncoming(path: string): Incoming {
  rmSync(path, { force: true });
  let descriptor: number;
  try {
    descriptor = createPrivateFile(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    makePrivateDirectory(dirname(path));
    descriptor = createPrivateFile(path);
  }
  return { descriptor, path, hasher: new Bun.CryptoHasher("sha256") };
}

function writeChunk(incoming: Incoming, chunk: Uint8Array): void {
  incoming.hasher.update(chunk);
  let written = 0;
  try {
    while (written < chunk.length) written += writeSync(incoming.descriptor, chunk, written);
  } catch (error) {
    throw diskFailure(error, "keep a transcript in", dirname(incoming.path));
  }
}

/** Gives the bytes the name that their hash is; they are on the disk before a row can name them. */
function finish(project: ProjectPaths, incoming: Incoming, expected: BlobId | undefined): BlobId {
  const blob = incoming.hasher.digest("hex") as BlobId;
  if (expected !== undefined && blob !== expected) {
    throw new AppError("failed", `the transcript's bytes hash to ${blob}, not to ${expected}`, {
      label: "digest_mismatch",
    });
  }
  const path = snapshotPath(project, blob);
  if (existsSync(path)) {
    rmSync(incoming.path, { force: true });
    return blob;
  }
  fsyncSync(incoming.descriptor);
  makePrivateDirectory(dirname(path));
  renameSync(incoming.path, path);
  syncDirectory(dirname(path));
  return blob;
}

function abandon(incoming: Incoming, error: unknown): never {
  rmSync(incoming.path, { force: true });
  throw diskFailure(error, "keep a transcript in", dirname(incoming.path));
}

/** The first bytes of a file. */
export interface KeptBeginning {
  readonly path: string;
  readonly bytes: number;
}

/** A transcript's bytes up to `bytes`; those before `from` read as `after` has them. */
export interface SnapshotSource extends KeptBeginning {
  readonly from?: number;
  readonly after?: KeptBeginning | undefined;
}

/** Copies bytes of a file, a chunk at each turn. */
function* copyFrom(
  { path, bytes, from = 0 }: SnapshotSource,
  write: (chunk: Uint8Array) => void,
): Generator<void> {
  const input = openSync(path, "r");
  const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(chunkBytes, bytes - from)));
  try {
    for (let position = from; position < bytes;) {
      const read = readSync(input, chunk, 0, Math.min(chunk.length, bytes - position), position);
      if (read === 0) break;
      write(chunk.subarray(0, read));
      position += read;
      yield;
    }
  } finally {
    closeSync(input);
  }
}

/** Keeps the first `bytes` of a live copy as a snapshot. The caller holds the live copy's lock. */
export function keepAsSnapshot(project: ProjectPaths, path: string, bytes: number): BlobId {
  const incoming = beginIncoming(`${path}.tmp`);
  try {
    for (const _ of copyFrom({ path, bytes }, (chunk) => writeChunk(incoming, chunk)));
    return finish(project, incoming, undefined);
  } catch (error) {
    return abandon(incoming, error);
  } finally {
    closeSync(incoming.descriptor);
  }
}

export interface SnapshotWork {
  readonly signal: AbortSignal;
  readonly rewriting?: Rewriting | undefined;
}

/** What a snapshot is called, and how far its rewriting had come at its last whole line. */
export interface TakenSnapshot {
  readonly blob: BlobId;
  readonly state: RewriteState | undefined;
}

/** As `keepAsSnapshot`, letting signals through between chunks. */
export async function takeSnapshot(
  project: ProjectPaths,
  source: SnapshotSource,
  { signal, rewriting }: SnapshotWork,
): Promise<TakenSnapshot> {
  const incoming = beginIncoming(`${source.path}.tmp`);
  const keep = (chunk: Uint8Array): void => writeChunk(incoming, chunk);
  try {
    let chunks = 0;
    const copy = async (part: SnapshotSource, write: typeof keep): Promise<void> => {
      for (const _ of copyFrom(part, write)) {
        if (++chunks % 16 === 0) await new Promise<void>((resume) => setImmediate(resume));
        signal.throwIfAborted();
      }
    };
    if (source.after !== undefined) await copy(source.after, keep);
    await copy(source, (chunk) => keep(rewriting?.write(chunk) ?? chunk));
    const state = rewriting?.state;
    if (rewriting !== undefined) keep(rewriting.end());
    return { blob: finish(project, incoming, undefined), state };
  } catch (error) {
    return abandon(incoming, error);
  } finally {
    closeSync(incoming.descriptor);
  }
}

export interface SnapshotContent {
  readonly content: ReadableStream<Uint8Array> | Uint8Array;
  /** So many bytes at most are written. */
  readonly size?: number | undefined;
}

function tooManyBytes(size: number): AppError {
  return new AppError(
    "failed",
    `the transcript has more than the ${size} bytes that its row says`,
    {
      label: "too_many_bytes",
    },
  );
}

/**
 * Writes a snapshot that came from elsewhere: to a temporary name, checked, and only then to its final one. Throws
 * `digest_mismatch` (label), and leaves nothing behind, where the bytes are others.
 */
export async function saveSnapshot(
  project: ProjectPaths,
  blob: BlobId,
  { content, size = Number.MAX_SAFE_INTEGER }: SnapshotContent,
): Promise<void> {
  const incoming = beginIncoming(join(incomingDirectory(project), blob));
  let received = 0;
  const take = (chunk: Uint8Array): void => {
    received += chunk.length;
    if (received > size) throw tooManyBytes(size);
    writeChunk(incoming, chunk);
  };
  try {
    if (content instanceof Uint8Array) take(content);
    else for await (const chunk of content) take(chunk);
    finish(project, incoming, blob);
  } catch (error) {
    // A failure of the stream is the sender's to explain: it passes as it is.
    rmSync(incoming.path, { force: true });
    throw error;
  } finally {
    closeSync(incoming.descriptor);
  }
}
