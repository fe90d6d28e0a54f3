import { type Static, Type } from "@sinclair/typebox";
import { AppError } from "../errors.ts";
import { type BlobId, type ConversationId, isBlobId, isConversationId } from "./ids.ts";

/** A pointer to a transcript, as it goes over the wire; small ones carry their content inline. */
export const Conversation = Type.Object({
  conversation_id: Type.String({ minLength: 1 }),
  content_sha256: Type.String(),
  size: Type.Integer({ minimum: 0 }),
  updated_at: Type.String(),
  content: Type.Optional(Type.String()),
  content_b64: Type.Optional(Type.String()),
});

export type Conversation = Static<typeof Conversation>;

/** Transcripts up to this many bytes travel inside their row; larger ones as blobs. */
export const inlineBytes = 256 * 1024;

/** A snapshot whose bytes are not those of its name: nothing of it is sent. */
export function damagedSnapshot(): AppError {
  return new AppError("damaged_file", "the snapshot in the local cache is not as it was taken", {
    label: "transcript_damaged",
  });
}

/** Where a conversation's transcript is to be had: its bytes by digest, or with the pointer itself. */
export interface Pointer {
  readonly conversationId: ConversationId;
  readonly blob: BlobId;
  readonly updatedAt: string;
  /** As its row says; undefined where it says nothing usable. */
  readonly size: number | undefined;
  readonly inline: Uint8Array | undefined;
}

/** The one door for pointers. Ids become file names, so nothing passes here that is not 64 hex digits. */
export function readPointer(value: Readonly<Record<string, unknown>>): Pointer | undefined {
  const { conversation_id: conversationId, content_sha256: blob, updated_at, size } = value;
  if (!isConversationId(conversationId) || !isBlobId(blob)) return undefined;
  return {
    conversationId,
    blob,
    updatedAt: typeof updated_at === "string" ? updated_at : "",
    size: Number.isSafeInteger(size) && Number(size) >= 0 ? Number(size) : undefined,
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
