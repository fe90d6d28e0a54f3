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

/** A file on its way to a name that its bytes decide. */
export interface Incoming {
  readonly descriptor: number;
  readonly path: string;
  readonly hasher: Bun.CryptoHasher;
}

/** The temporary name is always the same for one content, so that what a kill left behind never heaps up. */
export function beginIncoming(path: string): Incoming {
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

/** Goes on with a file that was begun, behind its first `bytes`. What those are is for the caller to hash. */
export function continueIncoming(path: string, bytes: number): Incoming {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_APPEND);
  ftruncateSync(descriptor, bytes);
  return { descriptor, path, hasher: new Bun.CryptoHasher("sha256") };
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

/** Gives the bytes the name that their hash is; they are on the disk before a row can name them. */
export function finish(
  project: ProjectPaths,
  incoming: Incoming,
  expected: BlobId | undefined,
): BlobId {
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
