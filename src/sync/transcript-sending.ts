import type { TranscriptCandidate } from "../schema/exchange.ts";
import type { BlobId } from "../schema/ids.ts";
import { inlineBytes } from "../schema/conversation.ts";
import { purgedRemark } from "./outcome.ts";
import type { PushRun } from "./push-run.ts";

/** Why a transcript does not go. */
export interface Hindrance {
  readonly code: string;
  readonly message: string;
}

/** How far the transcripts of one push have come: shared by those who send bytes and those who send rows. */
export interface TranscriptSending {
  readonly run: PushRun;
  /** By the snapshot that could not be sent. */
  readonly failed: Map<BlobId, Hindrance>;
  /** Snapshots that the service had before this push. */
  readonly present: Set<BlobId>;
  /** Snapshots that were taken for sent, and were not: sent again once. */
  readonly repaired: Set<BlobId>;
  /** Whether the service keeps blobs, as far as is known. */
  keepsBlobs: boolean;
}

export function isInline(
  { keepsBlobs }: TranscriptSending,
  { bytes }: TranscriptCandidate,
): boolean {
  return !keepsBlobs || bytes <= inlineBytes;
}

/** The service keeps no blobs, so that what is large goes inside its row as well, as long as a batch can hold it. */
export function goInline(sending: TranscriptSending): void {
  const { run, keepsBlobs } = sending;
  if (keepsBlobs) {
    run.outcome.remarks.push(
      `remote \`${run.remote.name}\` keeps no blobs: large transcripts go inside their rows`,
    );
  }
  sending.keepsBlobs = false;
}

/** What a purge took is not taken again: that is told once, and is no failure. */
const purgedCodes = new Set(["purged", "blob_purged"]);

export function refuse(
  { run }: TranscriptSending,
  { conversationId: id }: TranscriptCandidate,
  { code, message }: Hindrance,
): void {
  if (purgedCodes.has(code)) {
    run.store.transcripts.notePurged(id);
    run.outcome.resources.conversations.held_back++;
    run.outcome.remarks.push(purgedRemark(id, run.remote.name));
    return;
  }
  run.outcome.resources.conversations.refused++;
  run.outcome.failures.push({ code, message, resource: "conversations", id });
}
