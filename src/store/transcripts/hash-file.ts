import { closeSync, openSync, readSync } from "node:fs";
import type { BlobId } from "../../schema/ids.ts";

const chunkBytes = 1024 * 1024;

/** The bytes of a file up to `bytes`, a chunk at a time; the next one takes the place of the one before. */
export function* readParts(path: string, bytes: number, from = 0): Generator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const descriptor = openSync(path, "r");
  try {
    for (let position = from; position < bytes;) {
      const wanted = Math.min(chunkBytes, bytes - position);
      const read = readSync(descriptor, chunk, 0, wanted, position);
      if (read === 0) break;
      yield chunk.subarray(0, read);
      position += read;
    }
  } finally {
    closeSync(descriptor);
  }
}

export function hashParts(parts: Iterable<Uint8Array>): BlobId {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const part of parts) hasher.update(part);
  return hasher.digest("hex") as BlobId;
}

export function hashFile(path: string, bytes: number): BlobId {
  return hashParts(readParts(path, bytes));
}
