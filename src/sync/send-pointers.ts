import { followPlaces } from "./follow-places.ts";
import { AppError } from "../errors.ts";
import type { TranscriptCandidate } from "../schema/exchange.ts";
import { envelope } from "./cut-batches.ts";
import { checkEpoch } from "./epoch.ts";
import { pointerText } from "./inline-transcript.ts";
import { sendBatch } from "./send-batches.ts";
import { type TranscriptSending, isInline, refuse } from "./transcript-sending.ts";
import { upload } from "./upload-transcripts.ts";

/** A pointer row, ready to go. */
interface Pointer {
  readonly transcript: TranscriptCandidate;
  readonly text: string;
}

/** Sends the rows, in batches that are filled by their real size, since text grows when it is quoted. */
export async function sendPointers(
  sending: TranscriptSending,
  transcripts: readonly TranscriptCandidate[],
): Promise<void> {
  const { capabilities, outcome, signal } = sending.run;
  let batch: Pointer[] = [];
  let size = envelope;
  let known = true;
  const flush = async (): Promise<void> => {
    if (batch.length > 0 && known) known = await sendPointerBatch(sending, batch);
    batch = [];
    size = envelope;
  };
  for (const transcript of transcripts) {
    signal.throwIfAborted();
    const text = await pointerText(sending, transcript);
    if (text === undefined) continue;
    const bytes = Buffer.byteLength(text) + 2;
    const full = batch.length >= capabilities.batchItems || size + bytes > capabilities.batchBytes;
    if (full) await flush();
    batch.push({ transcript, text });
    size += bytes;
  }
  await flush();
  if (!known) outcome.unsupported.push("conversations");
}

/** False where the service knows no conversations. */
async function sendPointerBatch(
  sending: TranscriptSending,
  batch: readonly Pointer[],
): Promise<boolean> {
  const { remote, capabilities } = sending.run;
  const lacking: Pointer[] = [];
  const places = followPlaces(sending.run.store.memory, "conversations");
  const complete = await sendBatch(batch, {
    resource: "conversations",
    placed: places.note,
    refusesContent: (error) => remote.refusesContent(error),
    async send(items) {
      const texts = items.map(({ text }) => text);
      for (;;) {
        try {
          const answer = await remote.sendBatch("conversations", texts);
          checkEpoch(capabilities, answer?.epoch);
          return answer;
        } catch (error) {
          if (!(await repair(sending, items, error))) throw error;
        }
      }
    },
    accepted: (items) => noteSent(sending, items),
    refused(item, reason) {
      const { transcript } = item;
      const isLacking = reason.code === "blob_missing" && !isInline(sending, transcript);
      if (isLacking && !sending.repaired.has(transcript.blob)) lacking.push(item);
      else refuse(sending, transcript, reason);
    },
  });
  places.settle();
  if (lacking.length === 0) return complete;
  for (const { transcript } of lacking) await bringAgain(sending, transcript);
  return sendPointerBatch(sending, lacking);
}

function noteSent(sending: TranscriptSending, items: readonly Pointer[]): void {
  const { store, outcome, advance } = sending.run;
  const counts = outcome.resources.conversations;
  globalThis.failPoint?.("push.pointer");
  for (const { transcript } of items) {
    const { conversationId, blob } = transcript;
    // An inline row brings its bytes along.
    if (isInline(sending, transcript)) store.memory.noteBlob(blob);
    store.memory.notePointer(conversationId, blob);
    if (sending.present.has(blob)) counts.skipped++;
    else counts.sent++;
  }
  globalThis.failPoint?.("push.pointer-noted");
  advance("conversations", items.length);
}

/** Whether the service lacks a blob that we took for sent, and now has it. */
async function repair(
  sending: TranscriptSending,
  items: readonly Pointer[],
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof AppError) || error.label !== "blob_missing") return false;
  const digest = error.details["content_sha256"];
  const item = items.find(({ transcript }) => transcript.blob === digest);
  if (item === undefined || sending.repaired.has(item.transcript.blob)) return false;
  await bringAgain(sending, item.transcript);
  return true;
}

async function bringAgain(
  sending: TranscriptSending,
  transcript: TranscriptCandidate,
): Promise<void> {
  const { blob } = transcript;
  sending.repaired.add(blob);
  sending.present.delete(blob);
  sending.run.store.memory.forgetBlob(blob);
  await upload(sending, transcript);
}
