import { AppError } from "../../src/errors.ts";
import { hashBlob } from "../../src/schema/digest.ts";
import type { Download } from "../../src/schema/exchange.ts";
import type { BlobId } from "../../src/schema/ids.ts";

export interface MemorySnapshot {
  readonly bytes: Uint8Array;
  readonly time: string;
}

export function refuse(label: string): never {
  throw new AppError("failed", "the transcript is not what it was said to be", { label });
}

/** A download as `src/store/transcripts/download.ts` does it, without a disk. */
export function memoryDownload({
  blob,
  size,
  own,
  downloads,
  snapshots,
}: {
  readonly blob: BlobId;
  readonly size: number;
  /** The newest snapshot of the conversation. */
  readonly own: BlobId | undefined;
  readonly downloads: Map<BlobId, Uint8Array>;
  readonly snapshots: Map<BlobId, MemorySnapshot>;
}): Download {
  const kept = own === undefined ? undefined : snapshots.get(own)?.bytes;
  let here = downloads.get(blob) ?? kept;
  if (here !== undefined && here.length >= size) here = undefined;
  const drop = (label: string): never => {
    here = undefined;
    downloads.delete(blob);
    return refuse(label);
  };
  return {
    get have() {
      return here?.length ?? 0;
    },
    restart: () => void (here = undefined),
    async take(content, from) {
      let bytes = (here ?? new Uint8Array()).slice(0, from);
      for await (const chunk of content) {
        bytes = Buffer.concat([bytes, chunk]);
        if (bytes.length > size) drop("too_many_bytes");
        here = bytes;
        downloads.set(blob, bytes);
      }
      if (hashBlob(bytes) !== blob) drop("digest_mismatch");
      downloads.delete(blob);
      snapshots.set(blob, { bytes, time: new Date().toISOString() });
    },
  };
}
