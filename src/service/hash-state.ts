import { createSHA256 } from "hash-wasm";
import type { BlobId } from "../schema/ids.ts";

/** A SHA-256 in the making, which can be set down and taken up again. */
export interface HashState {
  update(bytes: Uint8Array): void;
  /** All that is needed to go on from here. */
  save(): Uint8Array;
  /** Ends it. */
  digest(): BlobId;
}

/** Takes up a saved state; one of another version of the library starts nothing, and undefined is returned. */
export async function openHash(saved?: Uint8Array): Promise<HashState | undefined> {
  const hasher = await createSHA256();
  hasher.init();
  if (saved !== undefined) {
    try {
      hasher.load(saved);
    } catch {
      return undefined;
    }
  }
  return {
    update: (bytes) => void hasher.update(bytes),
    save: () => new Uint8Array(hasher.save()),
    digest: () => hasher.digest("hex") as BlobId,
  };
}
