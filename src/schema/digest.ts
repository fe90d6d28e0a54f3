import type { BlobId, ConversationId } from "./ids.ts";

/** Hex SHA-256 of text (as UTF-8) or bytes. */
export function sha256Hex(content: string | Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex");
}

export function hashBlob(content: string | Uint8Array): BlobId {
  return sha256Hex(content) as BlobId;
}

/** The hash of one line as it stands in traces and ledgers, from its bytes without the terminator (`\n` or `\r\n`). */
export function hashLine(line: string | Uint8Array): string {
  return `sha256:${sha256Hex(line)}`;
}

/** The id of a conversation, from the transcript's path exactly as the agent gave it. */
export function conversationIdOf(transcriptPath: string): ConversationId {
  return sha256Hex(`file://${transcriptPath}`) as ConversationId;
}

/** A UUID that is the same whenever it is made of the same text. */
export function uuidOf(text: string): string {
  const digest = sha256Hex(text);
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `4${digest.slice(13, 16)}`];
  return [...parts, `a${digest.slice(17, 20)}`, digest.slice(20, 32)].join("-");
}
