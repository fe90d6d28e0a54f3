import {
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { AppError, systemCode } from "../../errors.ts";
import type { BlobId } from "../../schema/ids.ts";
import { diskFailure } from "../files/disk-failure.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { createPrivateFile, makePrivateDirectory } from "../files/private-files.ts";
import { syncDirectory } from "../files/replace.ts";
import { snapshotPath } from "./snapshot.ts";

export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): BlobId;
}

/** A file on its way to a name that its bytes decide. */
export interface Incoming {
  readonly descriptor: number;
  readonly path: string;
  readonly hasher: Hasher;
}

/** A beginning whose digest is known, and whether it was found. */
export interface Beginning {
  readonly blob: BlobId;
  readonly bytes: number;
  isThere?: boolean;
}

/** Eight times as fast as a hasher whose state can be kept. Looks on its way whether the bytes begin as is thought. */
export function plainHasher(...beginnings: readonly Beginning[]): Hasher {
  const hasher = new Bun.CryptoHasher("sha256");
  const ahead = beginnings.toSorted((one, other) => other.bytes - one.bytes);
  let hashed = 0;
  return {
    update(bytes) {
      let used = 0;
      for (let next = ahead.at(-1); next !== undefined; next = ahead.at(-1)) {
        const end = next.bytes - hashed;
        if (end > bytes.length) break;
        hasher.update(bytes.subarray(used, end));
        next.isThere = hasher.copy().digest("hex") === next.blob;
        used = end;
        ahead.pop();
      }
      hasher.update(bytes.subarray(used));
      hashed += bytes.length;
    },
    digest: () => hasher.digest("hex") as BlobId,
  };
}

/** The temporary name is always the same for one content, so that what a kill left behind never heaps up. */
export function beginIncoming(path: string, hasher = plainHasher()): Incoming {
  rmSync(path, { force: true });
  let descriptor: number;
  try {
    descriptor = createPrivateFile(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    makePrivateDirectory(dirname(path));
    descriptor = createPrivateFile(path);
  }
  return { descriptor, path, hasher };
}

/** Goes on with a file that was begun, behind its first `bytes`. What those are is for the caller to hash. */
export function continueIncoming(path: string, bytes: number, hasher = plainHasher()): Incoming {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_APPEND);
  ftruncateSync(descriptor, bytes);
  return { descriptor, path, hasher };
}

export function writeChunk(incoming: Incoming, chunk: Uint8Array): void {
  incoming.hasher.update(chunk);
  let written = 0;
  try {
    while (written < chunk.length) written += writeSync(incoming.descriptor, chunk, written);
  } catch (error) {
    throw diskFailure(error, "keep a transcript in", dirname(incoming.path));
  }
}

/** Gives the bytes the name that their hash is. Throws `digest_mismatch` (label) where another was expected. */
export function finish(
  project: ProjectPaths,
  incoming: Incoming,
  expected: BlobId | undefined,
): BlobId {
  const blob = incoming.hasher.digest();
  if (expected !== undefined && blob !== expected) {
    throw new AppError("failed", `the transcript's bytes hash to ${blob}, not to ${expected}`, {
      label: "digest_mismatch",
    });
  }
  giveName(project, incoming, blob);
  return blob;
}

/** Gives a file the name of a snapshot; its bytes are on the disk before anything can name them. */
export function giveName(
  project: ProjectPaths,
  incoming: Pick<Incoming, "descriptor" | "path">,
  blob: BlobId,
): void {
  const path = snapshotPath(project, blob);
  if (existsSync(path)) return rmSync(incoming.path, { force: true });
  fsyncSync(incoming.descriptor);
  globalThis.failPoint?.("name.synced");
  makePrivateDirectory(dirname(path));
  renameSync(incoming.path, path);
  globalThis.failPoint?.("name.given");
  syncDirectory(dirname(path));
}
