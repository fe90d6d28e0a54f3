import { closeSync, openSync, readSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BlobId } from "../../schema/ids.ts";
import { diskFailure } from "../files/disk-failure.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { type Incoming, beginIncoming, finish, writeChunk } from "./incoming-file.ts";

const chunkBytes = 1024 * 1024;

/** Leaves nothing behind, and says why. */
export function abandon(incoming: Incoming, error: unknown): never {
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
export function* copyFrom(
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

/** Keeps a snapshot that came whole. Throws `digest_mismatch` (label), and leaves nothing, where the bytes are others. */
export function saveSnapshot(project: ProjectPaths, blob: BlobId, content: Uint8Array): void {
  const incoming = beginIncoming(join(project.conversations, `${blob}.tmp`));
  try {
    writeChunk(incoming, content);
    finish(project, incoming, blob);
  } finally {
    rmSync(incoming.path, { force: true });
    closeSync(incoming.descriptor);
  }
}
