import type { BlobId, ConversationId } from "./ids.ts";

/** Hex SHA-256 of text (as UTF-8) or bytes. */
export function sha256Hex(content: string | Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex");
}

export function hashBlob(content: string | Uint8Array): BlobId {
  return sha256Hex(content) as BlobId;
}

/**
 * The hash of one line as it stands in traces and ledgers: `sha256:` and the digest of the line's bytes
 * without its terminator (`\n` or `\r\n`).
 */
export function hashLine(line: string): string {
  return `sha256:${sha256Hex(line.endsWith("\r") ? line.slice(0, -1) : line)}`;
}

/** `content_hash` of a range: its lines joined by `\n` without a last one. */
export function hashLines(lines: readonly string[]): string {
  return `sha256:${sha256Hex(lines.join("\n"))}`;
}

/** The id of a conversation, from the transcript's path exactly as the agent gave it. */
export function conversationIdOf(transcriptPath: string): ConversationId {
  return sha256Hex(`file://${transcriptPath}`) as ConversationId;
}
