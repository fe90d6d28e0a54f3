import { type Static, Type } from "@sinclair/typebox";
import { AppError } from "../errors.ts";

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
