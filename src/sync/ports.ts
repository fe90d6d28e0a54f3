/**
 * Planning what must move between this machine and a remote, and moving it. This file says what that needs of the
 * local store and of the remote; the two folders that provide it know nothing of each other.
 */
import type { Bucket, RowDigest } from "../schema/bucket-digests.ts";
import type { BlobId, ConversationId } from "../schema/ids.ts";
import type {
  Candidate,
  Download,
  EarlierSnapshot,
  Merged,
  MissingTranscript,
  ReceivedRow,
  RemoteIdentity,
  TakenTranscripts,
  TranscriptCandidate,
  TranscriptPreviews,
  WantedTranscript,
} from "../schema/exchange.ts";
import type { Resource, RowResource } from "../schema/resource.ts";
import type { BatchAnswer, BlobGrowth, Capabilities, Page, PassedRow } from "../schema/wire.ts";

/** The rows of a project, as one remote has them or not. All texts are single JSON lines. */
export interface RowStore {
  /** Rows of a resource in file order: those that the remote lacks, or all. Cost follows the answer, not the history. */
  candidates(resource: RowResource, which: "unsent" | "all"): Candidate[];
  /**
   * The traces that the remote lacks, as `candidates` gives them, a stretch at a time: each is read when it is asked
   * for, so that others can be sent meanwhile.
   */
  unsentTraces(): Iterable<readonly Candidate[]>;
  /** How many rows of a resource the store holds, of those that were listed. */
  count(resource: RowResource): number;
  /** The texts to send, local metadata removed, in the order asked for. */
  texts(resource: RowResource, candidates: readonly Candidate[]): string[];
  /**
   * The rows of a resource by their digests, a few thousand at a time. `known`: whether the remote is thought to have it.
   * With `isWanted` of the rows of some keys, as they go over the wire. Without, of all rows, most of them as they stand:
   * quick, and another digest where a file's name is masked on its way.
   */
  digests(
    resource: RowResource,
    isWanted?: (key: string) => boolean,
  ): Iterable<readonly (RowDigest & { readonly known: boolean })[]>;
  /** Notes what a batch acknowledged; durable when it returns. */
  acknowledge(resource: RowResource, rows: readonly Pick<Candidate, "key" | "digest">[]): void;
  /** The rows that `merge` would append. */
  news(resource: RowResource, rows: readonly ReceivedRow[]): readonly ReceivedRow[];
  /** Appends the rows that are not here yet, and counts all of them as sent for this remote. Durable on return. */
  merge(resource: RowResource, rows: readonly ReceivedRow[]): Merged;
}

/** The transcripts of a project: snapshots, named by their bytes' hash, and which of them is a conversation's newest. */
export interface TranscriptStore {
  /** Turns live copies with new bytes into snapshots (hash, name, index); gives what must not leave. */
  take(signal: AbortSignal): Promise<TakenTranscripts>;
  /** The snapshots that `take` would make, and what must not leave. */
  preview(): TranscriptPreviews;
  /** Conversations with their newest snapshots: those that the remote lacks in part, or all. */
  list(which: "unsent" | "all"): TranscriptCandidate[];
  /** The snapshot as a value that can be streamed, more than once. */
  open(blob: BlobId): Blob;
  /** Whether its bytes are here: as its own file, or as the beginning of its conversation's newest. */
  has(conversationId: ConversationId, blob: BlobId): boolean;
  /** The last four snapshots before this one that the remote has, newest first. */
  earlier(conversationId: ConversationId, blob: BlobId): EarlierSnapshot[];
  /** Writes a snapshot. Throws `digest_mismatch` (label), and leaves nothing behind, where the bytes are others. */
  save(blob: BlobId, content: Uint8Array): Promise<void>;
  /** A place for a snapshot that comes as a stream, of at most `size` bytes. */
  download(wanted: WantedTranscript): Download;
  /** Takes away what came of snapshots that nobody waits for any more: a pull has come to its end. */
  endDownloads(): void;
  /** Whether a conversation would be pointed to this snapshot: not where what is here is newer. */
  isNews(conversationId: ConversationId, blob: BlobId, updatedAt: string): boolean;
  /** The snapshots that the remote's pointers are known to name. */
  pointers(): { readonly conversationId: ConversationId; readonly blob: BlobId }[];
  /** Maps a conversation to a snapshot that is in the cache, unless a newer one of our own is there. */
  pointTo(conversationId: ConversationId, blob: BlobId, updatedAt: string): "merged" | "skipped";
  /**
   * Takes away all that the cache has of a conversation that was purged where it was shared. Live copies stay, and do not
   * go to this remote again. `kept live`: there is one, and this is the first that is heard of the purge.
   */
  drop(conversationId: ConversationId, blob: BlobId): "gone" | "kept live" | "known";
  /** The remote will not take a conversation again: from now on it is neither listed nor taken for this remote. */
  notePurged(conversationId: ConversationId): void;
  /** Notes which of these, that rows of a pull named, did not come along: their authors did not share them. */
  noteUnshared(conversationIds: readonly ConversationId[]): void;
  /** Pointers whose bytes could not be had yet; kept until they can. */
  missing(): MissingTranscript[];
  remember(missing: readonly MissingTranscript[]): void;
}

/** Who the remote is, how far it was read, and which transcripts it has. */
export interface RemoteMemory {
  /** Undefined before the first exchange with this remote. */
  identity(): RemoteIdentity | undefined;
  /** Forgets manifest and cursors, if the identity differs from the one known, and takes the new one. */
  identify(identity: RemoteIdentity): "unchanged" | "new" | "changed";
  /** Forgets manifest and cursors: the same remote no longer has what it had. */
  forget(): void;
  cursor(resource: Resource): string | null;
  /** Advances a cursor; call after the rows of its page are on disk. */
  advance(resource: Resource, cursor: string): void;
  noteBlob(blob: BlobId): void;
  forgetBlob(blob: BlobId): void;
  notePointer(conversationId: ConversationId, blob: BlobId): void;
  /** Writes `sync-state.json` if anything changed since it was last written. */
  flush(): void;
}

/** The local store of one project towards one remote. */
export interface ExchangePorts {
  readonly rows: RowStore;
  readonly transcripts: TranscriptStore;
  readonly memory: RemoteMemory;
}

export interface ExchangeStore extends ExchangePorts, Disposable {
  /** The same store as towards a remote that nothing is known of; for looking only. */
  afresh(): ExchangePorts;
}

/** The remote as seen by push and pull. Every call throws `AppError`s whose label is the service's code. */
export interface SyncRemote {
  readonly name: string;
  readonly url: string;
  capabilities(): Promise<Capabilities>;
  /** Undefined where the service answers 404: too old for this resource. */
  sendBatch(resource: Resource, items: readonly string[]): Promise<BatchAnswer | undefined>;
  /** Throws `answer_too_long` (label) where the page is longer than one may be. */
  fetchPage(resource: Resource, since: string | null, limit: number): Promise<Page | undefined>;
  /** Reads past the next row without keeping it: its id and its place, where they can be made out. */
  passRow(resource: Resource, since: string | null): Promise<PassedRow>;
  /** Which of these blobs the service lacks; undefined where it has no blobs at all. */
  missingBlobs(blobs: readonly BlobId[]): Promise<BlobId[] | undefined>;
  /** `unsupported`: the service has no blobs (404, 405). */
  sendBlob(
    blob: BlobId,
    content: Blob,
    onBytes: (bytes: number) => void,
  ): Promise<"stored" | "unsupported">;
  /**
   * Sends a blob as the first `keeps` bytes of one that the service has, and what follows them. `unknown`: the service
   * has no such base, or less of it. `mismatch`: base and content are not that blob.
   */
  appendBlob(
    blob: BlobId,
    growth: BlobGrowth,
    onBytes: (bytes: number) => void,
  ): Promise<"stored" | "unknown" | "mismatch">;
  /** Brings what is not here of a blob, again where it breaks off. `missing`: the service does not have it. */
  fetchBlob(blob: BlobId, download: Download): Promise<"saved" | "missing">;
  /** What the service has of a resource, in 256 buckets. Only a service that can tell digests is asked. */
  bucketDigests(resource: Resource): Promise<Bucket[]>;
  /** The rows of some buckets. */
  bucketRows(resource: Resource, buckets: readonly number[]): Promise<RowDigest[]>;
  /** Whether an error of this remote refuses what was sent, as opposed to who sent it or where: a part may pass. */
  refusesContent(error: unknown): boolean;
  /** Whether an error of this remote is its answer about one thing, so that others may still be asked for. */
  concernsOne(error: unknown): boolean;
  /** Bodies as they went over the wire. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}
