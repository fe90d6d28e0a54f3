import type { BlobId } from "./ids.ts";
import type { Resource } from "./resource.ts";

/** One item of a batch that the service did not take, and why. */
export interface RefusedItem {
  readonly index: number;
  readonly id: string | null;
  readonly code: string;
  readonly message: string;
}

/** Answer to a batch. A service without `row-status` gives no counts. */
export interface BatchAnswer {
  readonly count: number;
  readonly stored: number | undefined;
  readonly duplicate: number | undefined;
  readonly replaced: number | undefined;
  readonly refused: readonly RefusedItem[];
  /** The last place of the resource before this batch, and the last that the batch's new rows got. */
  readonly places: { readonly before: string | null; readonly last: string } | undefined;
  readonly epoch: string | undefined;
}

/**
 * An item of a page: its text as it came, and its value, which is undefined where the text is no object. Of a trace the
 * value may hold no more than `readPlainTrace` gives.
 */
export interface PageItem {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>> | undefined;
}

/** One page: the items of a resource that stand behind a cursor. */
export interface Page {
  readonly items: readonly PageItem[];
  readonly maxTimestamp: string | null;
  /** Characters of the whole answer. */
  readonly bytes: number;
  readonly epoch: string | undefined;
}

/** What a blob has beyond another one. */
export interface BlobGrowth {
  readonly base: BlobId;
  /** Of the base so many of the first bytes are the blob's as well. */
  readonly keeps: number;
  readonly content: Blob;
}

/** A row that is too long to be taken. */
export interface PassedRow {
  readonly id: string | null;
  readonly place: string | null;
  /** What a page may have at most. */
  readonly bytes: number;
}

/** What the service can do. A service that knows only the base protocol can do none of it. */
export interface Capabilities {
  readonly epoch: string | undefined;
  readonly rowStatus: boolean;
  readonly blobsMissing: boolean;
  /** Takes what git counts of commits. */
  readonly commitCounts: boolean;
  /** Bytes that may be appended to a blob at a time; undefined where blobs go whole alone. */
  readonly appendBytes: number | undefined;
  /** Whether it tells digests of what it has, to be compared. */
  readonly digest: boolean;
  readonly compression: "zstd" | "gzip" | undefined;
  readonly batchItems: number;
  readonly batchBytes: number;
  readonly blobBytes: number | undefined;
  /** The last place that the project gave out for each resource; undefined where the service does not say. */
  readonly places: Readonly<Partial<Record<Resource, string | null>>> | undefined;
}
