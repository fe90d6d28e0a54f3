import { damagedSnapshot } from "../schema/conversation.ts";
import { sha256Hex } from "../schema/digest.ts";
import type { TranscriptCandidate } from "../schema/exchange.ts";
import { type TranscriptSending, isInline, refuse } from "./transcript-sending.ts";

/** A pointer row's text, with the transcript inside where it is small. Undefined where its bytes are damaged. */
export async function pointerText(
  sending: TranscriptSending,
  transcript: TranscriptCandidate,
): Promise<string | undefined> {
  const { conversationId, blob, bytes, updatedAt } = transcript;
  const row = { conversation_id: conversationId, content_sha256: blob, size: bytes };
  const pointer = { ...row, updated_at: updatedAt };
  if (!isInline(sending, transcript)) return JSON.stringify(pointer);
  const content = new Uint8Array(await sending.run.store.transcripts.open(blob).arrayBuffer());
  if (sha256Hex(content) !== blob) {
    const { label: code, message } = damagedSnapshot();
    refuse(sending, transcript, { code, message });
    return undefined;
  }
  return JSON.stringify({ ...pointer, ...asMember(content) });
}

/** Bytes as a member of their row: text where they are valid UTF-8, which then comes back as the same bytes. */
function asMember(bytes: Uint8Array): { content: string } | { content_b64: string } {
  try {
    return { content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { content_b64: bytes.toBase64() };
  }
}
