/**
 * Planning what must move between this machine and a remote, and moving it. This file says what that needs of the
 * local store and of the remote; the two folders that provide it know nothing of each other.
 */
import type { BlobId, ConversationId } from "../schema/ids.ts";
import type {
  Candidate,
  Merged,
  ReceivedRow,
  RemoteIdentity,
  TranscriptCandidate,
} from "../schema/exchange.ts";
import type { Resource, RowResource } from "../schema/resource.ts";

export type {
  Candidate,
  Merged,
  ReceivedRow,
  RemoteIdentity,
  TranscriptCandidate,
} from "../schema/exchange.ts";

/**
 * The local store as seen by push and pull of one project and one remote. All texts are single JSON lines.
 * Opened read-only, for a dry run, every method answers as it would but writes nothing: a changed identity is
 * forgotten in memory alone, `merge` and `pointTo` count, `acknowledge…`, `advance`, `forgetBlob`,
 * `rememberMissing`, `takeSnapshots` and `flush` do nothing, and `transcripts` sees live copies as they would become.
 */
export interface SyncStore {
  /** Undefined before the first exchange with this remote. */
  identity(): RemoteIdentity | undefined;
  /** Forgets manifest and cursors, if the identity differs from the one known, and takes the new one. */
  identify(identity: RemoteIdentity): "unchanged" | "new" | "changed";

  /** Rows of a resource in file order: those that the remote lacks, or all. Cost follows the answer, not the history. */
  candidates(resource: RowResource, which: "unsent" | "all"): Candidate[];
  /** How many rows of a resource the store holds. */
  count(resource: RowResource): number;
  /** The texts to send, local metadata removed, in the order asked for. */
  texts(resource: RowResource, candidates: readonly Candidate[]): string[];
  /** Notes what a batch acknowledged; durable when it returns. */
  acknowledge(resource: RowResource, rows: readonly Pick<Candidate, "key" | "digest">[]): void;

  /** Turns live copies with new bytes into snapshots (hash, name, index). */
  takeSnapshots(signal: AbortSignal): Promise<void>;
  /** Conversations with their newest snapshots: those that the remote lacks in part, or all. */
  transcripts(which: "unsent" | "all"): Promise<TranscriptCandidate[]>;
  /** The snapshot as a file that can be streamed, more than once. */
  openBlob(blob: BlobId): Blob;
  acknowledgeBlob(blob: BlobId): void;
  forgetBlob(blob: BlobId): void;
  acknowledgeTranscript(conversationId: ConversationId, blob: BlobId): void;

  cursor(resource: Resource): string | null;
  /** Advances a cursor; call after the rows of its page are on disk. */
  advance(resource: Resource, cursor: string): void;
  /** Appends the rows that are not here yet, and counts all of them as sent for this remote. Durable on return. */
  merge(resource: RowResource, rows: readonly ReceivedRow[]): Merged;
  /** Whether the cache holds these bytes. */
  hasBlob(blob: BlobId): boolean;
  /**
   * Writes a snapshot from a stream to a temporary name, checks its hash, then gives it its final name.
   * Throws `digest_mismatch` (label) and leaves nothing behind where the bytes are others.
   */
  saveBlob(blob: BlobId, content: ReadableStream<Uint8Array> | Uint8Array): Promise<void>;
  /** Maps a conversation to a snapshot that is in the cache, unless a newer one of our own is there. */
  pointTo(conversationId: ConversationId, blob: BlobId, updatedAt: string): "merged" | "skipped";
  /** Pointers whose bytes could not be had yet; kept until they can. */
  missingTranscripts(): { conversationId: ConversationId; blob: BlobId; updatedAt: string }[];
  rememberMissing(conversationId: ConversationId, blob: BlobId, updatedAt: string): void;

  /** Writes `sync-state.json` if anything changed since it was last written. */
  flush(): void;
  [Symbol.dispose](): void;
}

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

export interface Page {
  /** The items' texts as they came. */
  readonly items: readonly string[];
  readonly maxTimestamp: string | null;
  readonly bytes: number;
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

/** The remote as seen by push and pull. Every call throws `AppError`s whose label is the service's code. */
export interface SyncRemote {
  readonly name: string;
  readonly url: string;
  capabilities(): Promise<Capabilities>;
  /** Undefined where the service answers 404: too old for this resource. */
  sendBatch(resource: Resource, items: readonly string[]): Promise<BatchAnswer | undefined>;
  fetchPage(resource: Resource, since: string | null, limit: number): Promise<Page | undefined>;
  /** Which of these blobs the service lacks; undefined where it has no blobs at all. */
  missingBlobs(blobs: readonly BlobId[]): Promise<BlobId[] | undefined>;
  /** `unsupported`: the service has no blobs (404, 405). */
  sendBlob(
    blob: BlobId,
    content: Blob,
    onBytes: (bytes: number) => void,
  ): Promise<"stored" | "unsupported">;
  fetchBlob(blob: BlobId): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Bodies as they went over the wire. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}
