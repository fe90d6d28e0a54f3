import { createSHA256 } from "hash-wasm";
import type { BlobId } from "./schema/ids.ts";

/** A SHA-256 in the making, which can be set down and taken up again. */
export interface HashState {
  update(bytes: Uint8Array): void;
  /** All that is needed to go on from here. */
  save(): Uint8Array;
  /** Ends it. */
  digest(): BlobId;
}

type Hasher = Awaited<ReturnType<typeof createSHA256>>;

function stateOf(hasher: Hasher): HashState {
  return {
    update: (bytes) => void hasher.update(bytes),
    save: () => new Uint8Array(hasher.save()),
    digest: () => hasher.digest("hex") as BlobId,
  };
}

export async function beginHash(): Promise<HashState> {
  return stateOf((await createSHA256()).init());
}

/** Takes up a saved state; undefined where it is of another version of the library. */
export async function resumeHash(saved: Uint8Array): Promise<HashState | undefined> {
  const hasher = (await createSHA256()).init();
  try {
    return stateOf(hasher.load(saved));
  } catch {
    return undefined;
  }
}
