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
import type { BatchAnswer, Capabilities, Page } from "../schema/wire.ts";

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

/**
 * The remote as seen by push and pull. Every call throws `AppError`s whose label is the service's code. Opened for
 * a dry run it sends nothing that changes the service: batches and blobs are measured and answered as if taken.
 */
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
  /**
   * Hands a blob's bytes to `save`, again where they break off or `save` throws `digest_mismatch` (label).
   * `missing`: the service does not have it.
   */
  fetchBlob(
    blob: BlobId,
    save: (content: ReadableStream<Uint8Array>) => Promise<void>,
  ): Promise<"saved" | "missing">;
  /** Bodies as they went over the wire. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}
