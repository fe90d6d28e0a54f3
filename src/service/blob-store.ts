import type { BlobId } from "../schema/ids.ts";
import type { KnownBlob } from "./records.ts";

/**
 * Where bytes are kept, under their SHA-256. Who may see which is not its matter: orgs share bytes here, and
 * `Records` knows who has what. tests/contract/blob-store.ts says what an implementation must do.
 */
export interface BlobStore {
  /**
   * Stores all that `content` gives. Durable on return; where `content` throws, nothing is kept.
   * Memory does not grow with the size.
   */
  write(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<KnownBlob>;
  /** Bytes of the blob, or undefined where it is not here. */
  size(id: BlobId): Promise<number | undefined>;
  /** The blob as the body of a response. */
  open(id: BlobId): Promise<Blob | undefined>;
}
