import { type Static, Type } from "@sinclair/typebox";

/** A few sentences about a conversation: a line of `session-summaries.jsonl`. */
export const Summary = Type.Object({
  conversation_id: Type.String({ minLength: 1 }),
  summary: Type.String(),
  created_at: Type.String({ minLength: 1 }),
  session_id: Type.Optional(Type.String()),
});

export type Summary = Static<typeof Summary>;
