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
  readonly epoch: string | undefined;
}

/** An item of a page: its text as it came, and its value, which is undefined where the text is no object. */
export interface PageItem {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>> | undefined;
}

/** One page: the items of a resource that stand behind a cursor. */
export interface Page {
  readonly items: readonly PageItem[];
  readonly maxTimestamp: string | null;
  readonly epoch: string | undefined;
}

/** What the service can do. A service that knows only the base protocol can do none of it. */
export interface Capabilities {
  readonly epoch: string | undefined;
  readonly rowStatus: boolean;
  readonly blobsMissing: boolean;
  readonly compression: "zstd" | "gzip" | undefined;
  readonly batchItems: number;
  readonly batchBytes: number;
  readonly blobBytes: number | undefined;
}
