import { AppError } from "../errors.ts";
import type { MissingTranscript } from "../schema/exchange.ts";
import { readPointer } from "../schema/conversation.ts";
import type { BlobId, ConversationId } from "../schema/ids.ts";
import type { PageItem } from "../schema/wire.ts";
import { purgedRemark } from "./outcome.ts";
import type { PullRun } from "./pull-work.ts";
import { workThrough } from "./work-through.ts";

/** Downloads at once; each streams to disk. */
const downloadsAtOnce = 4;
/** What is taken of a transcript whose row does not say how long it is. */
const unsaidBytes = 64 * 1024 * 1024;
/** No transcript of anyone's is larger: a row that says so is wrong. */
const mostBytes = 2 * 1024 ** 3;

/** Where a conversation's transcript is, as a row said it. */
interface Pointer extends MissingTranscript {
  readonly inline: Uint8Array | undefined;
}

export interface TranscriptReceiver {
  /** Asks again for transcripts that earlier pulls could not have. */
  fetchRemembered(): Promise<void>;
  take(items: readonly PageItem[]): Promise<void>;
}

/** Puts transcripts into the cache, then points to them. What cannot be had now is remembered, and holds nothing up. */
export function createTranscriptReceiver(run: PullRun): TranscriptReceiver {
  const { remote, signal, outcome, capabilities } = run;
  const { transcripts } = run.store;
  const counts = outcome.resources.conversations;

  const fail = (code: string, message: string, id: string | null): void =>
    void outcome.failures.push({ code, message, resource: "conversations", id });

  /** Which of the blobs that are needed the service lacks: asked at once, where there are several. */
  async function lacking(pointers: readonly Pointer[]): Promise<ReadonlySet<BlobId>> {
    const needed = pointers.filter(
      ({ conversationId, blob, inline }) =>
        inline === undefined && !transcripts.has(conversationId, blob),
    );
    if (needed.length < 2 || !capabilities.blobsMissing) return new Set();
    return new Set(await remote.missingBlobs(needed.map(({ blob }) => blob)));
  }

  /** Whether the bytes are here. */
  async function bring(pointer: Pointer, missing: ReadonlySet<BlobId>): Promise<boolean> {
    const { conversationId, blob, inline } = pointer;
    if (transcripts.has(conversationId, blob)) return true;
    try {
      if (inline !== undefined) {
        await transcripts.save(blob, inline);
        return true;
      }
      const state = missing.has(blob) ? "missing" : await fetch(pointer);
      if (state === "saved") return true;
      fail("transcript_missing", "the service does not have this transcript yet", conversationId);
      return false;
    } catch (error) {
      if (!(error instanceof AppError) || !isAboutOne(error)) throw error;
      fail(error.label, error.message, conversationId);
      return false;
    }
  }

  function fetch(pointer: Pointer): Promise<"saved" | "missing"> {
    const { conversationId, blob, bytes = unsaidBytes } = pointer;
    const size = Math.min(bytes, mostBytes);
    return remote.fetchBlob(blob, transcripts.download({ conversationId, blob, size }));
  }

  /** A failure that concerns one transcript; a full disk or a dead network concern all. */
  function isAboutOne(error: AppError): boolean {
    return ["digest_mismatch", "too_many_bytes"].includes(error.label) || remote.concernsOne(error);
  }

  async function receiveAll(pointers: readonly Pointer[]): Promise<void> {
    const missing = await lacking(pointers);
    const absent: MissingTranscript[] = [];
    try {
      await workThrough(pointers, downloadsAtOnce, async (pointer) => {
        signal.throwIfAborted();
        const { inline: _, ...place } = pointer;
        if (!(await bring(pointer, missing))) absent.push(place);
        else counts[transcripts.pointTo(place.conversationId, place.blob, place.updatedAt)]++;
      });
    } finally {
      transcripts.remember(absent);
    }
  }

  /** Who recorded a conversation keeps it, and is told why nobody else does. */
  function drop({ conversationId, blob }: Pointer): void {
    if (transcripts.drop(conversationId, blob) !== "kept live") return;
    outcome.remarks.push(purgedRemark(conversationId, remote.name));
  }

  return {
    async fetchRemembered() {
      await receiveAll(transcripts.missing().map((missing) => ({ ...missing, inline: undefined })));
    },
    async take(items) {
      const pointers = new Map<ConversationId, Pointer>();
      for (const item of items) {
        const pointer = pointerOf(item);
        if (pointer === undefined) {
          fail("invalid_item", "the service gave a conversation without usable digests", null);
        } else if (typeof item.value?.["purged_at"] === "string") {
          pointers.delete(pointer.conversationId);
          drop(pointer);
          counts.skipped++;
        } else pointers.set(pointer.conversationId, pointer);
      }
      await receiveAll([...pointers.values()]);
    },
  };
}

function pointerOf({ value }: PageItem): Pointer | undefined {
  const found = value === undefined ? undefined : readPointer(value);
  if (found === undefined) return undefined;
  const { size: bytes, ...pointer } = found;
  return { ...pointer, bytes };
}
