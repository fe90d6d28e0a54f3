import { AppError } from "../errors.ts";
import { type BlobId, type ConversationId, isBlobId, isConversationId } from "../schema/ids.ts";
import type { PageItem } from "../schema/wire.ts";
import type { Outcome, PullCounts } from "./outcome.ts";
import type { PullWork } from "./pull-work.ts";
import { workThrough } from "./work-through.ts";

/** Downloads at once; each streams to disk. */
const downloadsAtOnce = 4;

/** Where a conversation's transcript is, as a row said it. */
interface Pointer {
  readonly conversationId: ConversationId;
  readonly blob: BlobId;
  readonly updatedAt: string;
  readonly inline: Uint8Array | undefined;
}

export interface TranscriptReceiver {
  /** Asks again for transcripts that earlier pulls could not have. */
  fetchRemembered(): Promise<void>;
  take(items: readonly PageItem[]): Promise<void>;
}

/** Puts transcripts into the cache, then points to them. What cannot be had now is remembered, and holds nothing up. */
export function createTranscriptReceiver(
  { store, remote, signal, dryRun }: PullWork,
  outcome: Outcome<PullCounts>,
): TranscriptReceiver {
  const counts = outcome.resources.conversations;

  const fail = (code: string, message: string, id: string | null): void =>
    void outcome.failures.push({ code, message, resource: "conversations", id });

  /** Whether the bytes are here; a dry run takes the service's word for it. */
  async function bring({ conversationId, blob, inline }: Pointer): Promise<boolean> {
    if (dryRun || store.hasBlob(blob)) return true;
    try {
      if (inline !== undefined) {
        await store.saveBlob(blob, inline);
        return true;
      }
      const state = await remote.fetchBlob(blob, (content) => store.saveBlob(blob, content));
      if (state === "saved") return true;
      fail("transcript_missing", "the service does not have this transcript yet", conversationId);
      return false;
    } catch (error) {
      if (!isAboutThisBlob(error)) throw error;
      fail(error.label, error.message, conversationId);
      return false;
    }
  }

  async function receive(pointer: Pointer): Promise<void> {
    const { conversationId, blob, updatedAt } = pointer;
    if (!(await bring(pointer))) {
      store.rememberMissing(conversationId, blob, updatedAt);
      return;
    }
    const result = store.pointTo(conversationId, blob, updatedAt);
    counts[result]++;
  }

  async function receiveAll(pointers: readonly Pointer[]): Promise<void> {
    await workThrough(pointers, downloadsAtOnce, async (pointer) => {
      signal.throwIfAborted();
      await receive(pointer);
    });
  }

  return {
    async fetchRemembered() {
      if (dryRun) return;
      await receiveAll(
        store.missingTranscripts().map((missing) => ({ ...missing, inline: undefined })),
      );
    },
    async take(items) {
      const pointers = new Map<ConversationId, Pointer>();
      for (const item of items) {
        const pointer = readPointer(item);
        if (pointer === undefined) {
          fail("invalid_item", "the service gave a conversation without usable digests", null);
        } else pointers.set(pointer.conversationId, pointer);
      }
      await receiveAll([...pointers.values()]);
    },
  };
}

/** A failure that concerns one transcript; a full disk or a dead network concern all. */
function isAboutThisBlob(error: unknown): error is AppError {
  if (!(error instanceof AppError)) return false;
  return error.label === "digest_mismatch" || typeof error.details["status"] === "number";
}

/** Ids become file names, so nothing passes here that is not 64 hex digits. */
function readPointer({ value }: PageItem): Pointer | undefined {
  const conversationId = value?.["conversation_id"];
  const blob = value?.["content_sha256"];
  if (value === undefined || !isConversationId(conversationId) || !isBlobId(blob)) return undefined;
  const updatedAt = value["updated_at"];
  return {
    conversationId,
    blob,
    updatedAt: typeof updatedAt === "string" ? updatedAt : "",
    inline: readInline(value),
  };
}

function readInline(value: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  const { content, content_b64: encoded } = value;
  if (typeof content === "string") return new TextEncoder().encode(content);
  if (typeof encoded !== "string") return undefined;
  try {
    return Uint8Array.fromBase64(encoded);
  } catch {
    return undefined;
  }
}
