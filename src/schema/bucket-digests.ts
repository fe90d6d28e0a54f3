import type { BlobId } from "./ids.ts";
import { sha256Hex } from "./digest.ts";

const bucketCount = 256;
const digestBytes = 32;

/** One row, by the hex SHA-256 of its text; of a conversation, of the digest that it points to. */
export interface RowDigest {
  readonly key: string;
  readonly digest: string;
}

/** All rows whose keys' SHA-256 begins with one byte. */
export interface Bucket {
  readonly count: number;
  /** The exclusive or of the SHA-256 of `<key>\n<digest>` of its rows: their order makes no difference. */
  readonly digest: string;
}

const room = new Uint8Array(digestBytes);

/** The first byte of the key's SHA-256. */
export function bucketOf(key: string): number {
  Bun.SHA256.hash(key, room);
  return room[0] ?? 0;
}

/** What both sides take for the contents of a pointer row, which each writes in its own words. */
export function pointerDigest(blob: BlobId): string {
  return sha256Hex(blob);
}

/** Sums rows up, as they come, into 256 buckets. */
export class BucketDigests {
  readonly #sums = new Uint8Array(bucketCount * digestBytes);
  readonly #counts = new Uint32Array(bucketCount);

  add({ key, digest }: RowDigest): void {
    const bucket = bucketOf(key);
    Bun.SHA256.hash(`${key}\n${digest}`, room);
    const start = bucket * digestBytes;
    for (let at = 0; at < digestBytes; at++) this.#sums[start + at]! ^= room[at]!;
    this.#counts[bucket]!++;
  }

  buckets(): Bucket[] {
    return Array.from(this.#counts, (count, at) => ({
      count,
      digest: this.#sums.subarray(at * digestBytes, (at + 1) * digestBytes).toHex(),
    }));
  }
}
