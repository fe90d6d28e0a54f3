import type { BlobId, ConversationId } from "./ids.ts";

/** A row that may have to be sent: what the plan needs to know of it, without its text. */
export interface Candidate {
  /** Trace id, commit sha or summary key. */
  readonly key: string;
  /** Of the row's text: a row whose digest changed since it was sent goes again (traces never change). */
  readonly digest: string;
  /** The row's own time: `timestamp`; `committed_at`, else `created_at`. */
  readonly time: string | null;
  /** Length in UTF-8 of the row as it goes over the wire. */
  readonly bytes: number;
  /**
   * Of a trace: whether a local ledger names it. Of a summary: whether a trace or ledger that the remote has
   * names its conversation. Of ledgers and commit links: true.
   */
  readonly named: boolean;
  readonly conversationIds: readonly ConversationId[];
}

/** The newest snapshot of a conversation's transcript. */
export interface TranscriptCandidate {
  readonly conversationId: ConversationId;
  readonly blob: BlobId;
  readonly bytes: number;
  /** Time of the transcript's last byte. */
  readonly updatedAt: string;
  /** Whether a trace or ledger segment that the remote has names this conversation. */
  readonly namedBySent: boolean;
  /** Whether the remote has the pointer at this snapshot, and the bytes. */
  readonly pointerSent: boolean;
  readonly blobSent: boolean;
  /** How often each rule masked something in it, where that is known. */
  readonly masked?: MaskCounts | undefined;
}

/** By rule. */
export type MaskCounts = Readonly<Record<string, number>>;

/** A snapshot that a conversation had before its newest one. */
export interface EarlierSnapshot {
  readonly blob: BlobId;
  readonly bytes: number;
  /** With so many of its first bytes the newest begins; undefined where only comparing can tell. */
  readonly shared: number | undefined;
}

/** A transcript that a row points to, and how long it may be. */
export interface WantedTranscript {
  readonly conversationId: ConversationId;
  readonly blob: BlobId;
  readonly size: number;
}

/** A transcript on its way here. */
export interface Download {
  /** So many of its first bytes are here: of an attempt that broke off, or of a snapshot that it may begin with. */
  readonly have: number;
  /**
   * Takes its bytes from `from` on, which is 0 or `have`. What a broken stream brought stays, to go on from. Throws
   * `digest_mismatch` (label) where all bytes are others, `too_many_bytes` where they are more than was said; then
   * nothing stays.
   */
  take(content: ReadableStream<Uint8Array>, from: number): Promise<void>;
  /** What is here is not its beginning: `have` is 0 from now on. */
  restart(): void;
}

/** A snapshot as it would be taken now, and its bytes. */
export interface TranscriptPreview {
  readonly candidate: TranscriptCandidate;
  readonly content: Blob;
}

/** All that would be taken now, and what could not be. */
export interface TranscriptPreviews {
  readonly previews: readonly TranscriptPreview[];
  readonly held: readonly HeldTranscript[];
}

/** What came of making the newest snapshots. */
export interface TakenTranscripts {
  readonly held: readonly HeldTranscript[];
  /** How many begin otherwise than what was made before, since what is masked has changed. */
  readonly anew: number;
}

/** A conversation of which nothing may leave for now, and why. */
export interface HeldTranscript {
  readonly conversationId: ConversationId;
  readonly code: string;
  readonly message: string;
}

/** A pointer whose bytes a remote could not give yet; `bytes` where its row said how many they are. */
export interface MissingTranscript {
  readonly conversationId: ConversationId;
  readonly blob: BlobId;
  readonly updatedAt: string;
  readonly bytes: number | undefined;
}

/** A row as it came from a remote; `text` is its JSON byte for byte, on one line. */
export interface ReceivedRow {
  readonly key: string;
  readonly text: string;
  /** The parsed text, so that nobody parses it twice; of a trace no more than `readPlainTrace` gives. */
  readonly value: Readonly<Record<string, unknown>>;
}

export interface Merged {
  readonly merged: number;
  readonly skipped: number;
  /** Commits whose ledger a teammate has otherwise: kept beside the one that this machine linked itself. */
  readonly differing?: readonly string[];
}

/** Who the remote was when we last spoke to it: a manifest of another service is worth nothing. */
export interface RemoteIdentity {
  readonly url: string;
  readonly epoch: string | undefined;
}
