/** One item of a batch that the service did not take, and why. */
export interface RefusedItem {
  readonly index: number;
  readonly id: string | null;
  readonly code: string;
  readonly message: string;
}

/** Answer to a batch; counts are undefined from a service without `row-status`. */
export interface BatchAnswer {
  readonly count: number;
  readonly stored: number | undefined;
  readonly duplicate: number | undefined;
  readonly replaced: number | undefined;
  readonly refused: readonly RefusedItem[];
  readonly epoch: string | undefined;
}

/** An item of a page: its text as it came, and what it says; undefined where it is no object. */
export interface PageItem {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>> | undefined;
}

/** Items of one resource as a service gives them, behind a cursor. */
export interface Page {
  readonly items: readonly PageItem[];
  readonly maxTimestamp: string | null;
  readonly epoch: string | undefined;
}

/** What the service at the other end can do; all off for a service that knows only the base protocol. */
export interface Capabilities {
  readonly epoch: string | undefined;
  readonly rowStatus: boolean;
  readonly blobsMissing: boolean;
  readonly compression: "zstd" | "gzip" | undefined;
  readonly batchItems: number;
  readonly batchBytes: number;
  readonly blobBytes: number | undefined;
}
