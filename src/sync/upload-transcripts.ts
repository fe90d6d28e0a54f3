import { AppError } from "../errors.ts";
import { damagedSnapshot } from "../schema/conversation.ts";
import type { TranscriptCandidate } from "../schema/exchange.ts";
import type { BlobId } from "../schema/ids.ts";
import { type Growing, appendTranscript } from "./append-transcript.ts";
import { reasonOf } from "./send-batches.ts";
import { type TranscriptSending, goInline, isInline, refuse } from "./transcript-sending.ts";
import { workThrough } from "./work-through.ts";

/** Uploads at once; each needs its own buffers, and a service takes eight of a token. */
const uploadsAtOnce = 3;

/** Brings the bytes over that the service lacks; gives the transcripts whose rows may go. */
export async function uploadTranscripts(
  sending: TranscriptSending,
  transcripts: readonly TranscriptCandidate[],
): Promise<TranscriptCandidate[]> {
  const large = planUploads(sending, transcripts);
  if (large.size > 0) await uploadMissing(sending, large);
  if (!sending.keepsBlobs) limitInline(sending, transcripts);
  return transcripts.filter((transcript) => {
    const hindrance = sending.failed.get(transcript.blob);
    if (hindrance !== undefined) refuse(sending, transcript, hindrance);
    return hindrance === undefined;
  });
}

/** The snapshots that are too large for their rows and not known to be there, each once. */
function planUploads(
  sending: TranscriptSending,
  transcripts: readonly TranscriptCandidate[],
): Map<BlobId, TranscriptCandidate> {
  const { blobBytes } = sending.run.capabilities;
  const large = new Map<BlobId, TranscriptCandidate>();
  for (const transcript of transcripts) {
    if (isInline(sending, transcript) || transcript.blobSent) continue;
    const { bytes, blob } = transcript;
    if (blobBytes === undefined || bytes <= blobBytes) large.set(blob, transcript);
    else {
      const message = `the transcript is too large: ${bytes} bytes, and the service takes ${blobBytes}`;
      sending.failed.set(blob, { code: "blob_too_large", message });
    }
  }
  return large;
}

async function uploadMissing(
  sending: TranscriptSending,
  large: ReadonlyMap<BlobId, TranscriptCandidate>,
): Promise<void> {
  const { store, remote, signal } = sending.run;
  const lacking = await remote.missingBlobs([...large.keys()]);
  if (lacking === undefined) return goInline(sending);
  const missing = new Set(lacking);
  for (const blob of large.keys()) {
    if (missing.has(blob)) continue;
    sending.present.add(blob);
    store.memory.noteBlob(blob);
  }
  const queue = [...large.values()].filter(({ blob }) => missing.has(blob));
  sending.run.willUpload(queue.reduce((sum, { bytes }) => sum + bytes, 0));
  // The first goes alone: it shows whether this service takes blobs at all.
  const first = queue.shift();
  if (first !== undefined) await uploadOrNote(sending, first);
  await workThrough(queue, uploadsAtOnce, async (transcript) => {
    signal.throwIfAborted();
    if (sending.keepsBlobs) await uploadOrNote(sending, transcript);
  });
}

/** A batch must hold a row whole, and so must memory: what is larger than that cannot go without blobs. */
function limitInline(
  sending: TranscriptSending,
  transcripts: readonly TranscriptCandidate[],
): void {
  const { batchBytes } = sending.run.capabilities;
  for (const { blob, bytes } of transcripts) {
    if (bytes <= batchBytes / 2) continue;
    const message = `the service keeps no blobs, and the transcript of ${bytes} bytes is too large for a row`;
    sending.failed.set(blob, { code: "transcript_too_large", message });
  }
}

/** Sends one snapshot's bytes. */
export async function upload(
  sending: TranscriptSending,
  transcript: TranscriptCandidate,
): Promise<void> {
  const { blob, bytes } = transcript;
  const { store, advance, underWay } = sending.run;
  const content = store.transcripts.open(blob);
  if (content.size !== bytes) throw damagedSnapshot();
  let flown = 0;
  const onBytes = (more: number): void => {
    flown += more;
    underWay(more);
  };
  advance("conversations", 0);
  const growing = { transcript, content, onBytes };
  const answer = await sendContent(sending, growing).finally(() => underWay(-flown));
  sending.run.uploaded(bytes);
  globalThis.failPoint?.("push.blob");
  if (answer === "stored") store.memory.noteBlob(blob);
  else goInline(sending);
  globalThis.failPoint?.("push.blob-noted");
}

async function sendContent(
  sending: TranscriptSending,
  growing: Growing,
): Promise<"stored" | "unsupported"> {
  if ((await appendTranscript(sending, growing)) === "stored") return "stored";
  return sending.run.remote.sendBlob(growing.transcript.blob, growing.content, growing.onBytes);
}

async function uploadOrNote(
  sending: TranscriptSending,
  transcript: TranscriptCandidate,
): Promise<void> {
  try {
    await upload(sending, transcript);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!isDamage(error) && !sending.run.remote.refusesContent(error)) throw error;
    const size = isDamage(error) ? "" : `, transcript of ${transcript.bytes} bytes`;
    const message = reasonOf(error) + size;
    sending.failed.set(transcript.blob, { code: error.label, message });
  }
}

function isDamage({ label }: AppError): boolean {
  return label === "transcript_damaged" || label === "transcript_changed";
}
