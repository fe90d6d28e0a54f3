import { AppError } from "../errors.ts";
import { damagedSnapshot, inlineBytes } from "../schema/conversation.ts";
import { sha256Hex } from "../schema/digest.ts";
import type { TranscriptCandidate } from "../schema/exchange.ts";
import type { BlobId } from "../schema/ids.ts";
import { envelope } from "./cut-batches.ts";
import { checkEpoch } from "./epoch.ts";
import type { PushRun } from "./push-run.ts";
import { isRefusal, reasonOf, sendBatch } from "./send-batches.ts";
import { workThrough } from "./work-through.ts";

/** A pointer row, ready to go. */
interface Pointer {
  readonly transcript: TranscriptCandidate;
  readonly text: string;
}

/** Uploads at once; each needs its own buffers, and a service takes eight of a token. */
const uploadsAtOnce = 3;

/** Sends snapshots and then the rows that point to them: a pointer to bytes that are not there is refused. */
export async function sendTranscripts(
  run: PushRun,
  transcripts: readonly TranscriptCandidate[],
): Promise<void> {
  const before = run.remote.bytesSent;
  const sending = createTranscriptSender(run);
  const ready = await sending.uploadAll(transcripts);
  await sending.sendPointers(ready);
  run.outcome.conversationBytes += run.remote.bytesSent - before;
}

function createTranscriptSender(run: PushRun) {
  const { store, remote, capabilities, outcome, signal } = run;
  const counts = outcome.resources.conversations;
  const failed = new Map<BlobId, { code: string; message: string }>();
  const present = new Set<BlobId>();
  const repaired = new Set<BlobId>();
  let blobsKnown = true;
  let known = true;

  const isInline = ({ bytes }: TranscriptCandidate): boolean => !blobsKnown || bytes <= inlineBytes;

  function refuse(transcript: TranscriptCandidate, code: string, message: string): void {
    counts.refused++;
    const { conversationId: id } = transcript;
    outcome.failures.push({ code, message, resource: "conversations", id });
  }

  async function upload(transcript: TranscriptCandidate): Promise<void> {
    const { blob, bytes } = transcript;
    const content = store.openBlob(blob);
    if (content.size !== bytes) throw damagedSnapshot();
    let flown = 0;
    const onBytes = (more: number): void => {
      flown += more;
      run.underWay(more);
    };
    run.advance("conversations", 0);
    const answer = await remote
      .sendBlob(blob, content, onBytes)
      .finally(() => run.underWay(-flown));
    if (answer === "stored") store.acknowledgeBlob(blob);
    else goInline();
  }

  /** The service keeps no blobs, so that what is large goes inside its row as well. */
  function goInline(): void {
    if (blobsKnown) {
      outcome.remarks.push(
        `remote \`${remote.name}\` keeps no blobs: large transcripts go inside their rows`,
      );
    }
    blobsKnown = false;
  }

  async function uploadOrRefuse(transcript: TranscriptCandidate): Promise<void> {
    try {
      await upload(transcript);
    } catch (error) {
      if (!isRefusal(error) && !isDamage(error)) throw error;
      const size = isDamage(error) ? "" : `, transcript of ${transcript.bytes} bytes`;
      failed.set(transcript.blob, { code: error.label, message: reasonOf(error) + size });
    }
  }

  /** Brings the bytes over that the service lacks; gives the transcripts whose pointers may go. */
  async function uploadAll(
    transcripts: readonly TranscriptCandidate[],
  ): Promise<TranscriptCandidate[]> {
    const large = new Map<BlobId, TranscriptCandidate>();
    for (const transcript of transcripts) {
      if (isInline(transcript) || transcript.blobSent) continue;
      const { bytes, blob } = transcript;
      if (capabilities.blobBytes !== undefined && bytes > capabilities.blobBytes) {
        const sizes = `${bytes} bytes, and the service takes ${capabilities.blobBytes}`;
        const message = `the transcript is too large: ${sizes}`;
        failed.set(blob, { code: "blob_too_large", message });
      } else large.set(blob, transcript);
    }
    if (large.size > 0) {
      const lacking = await remote.missingBlobs([...large.keys()]);
      if (lacking === undefined) goInline();
      const missing = new Set(lacking);
      for (const blob of large.keys()) {
        if (missing.has(blob) || lacking === undefined) continue;
        present.add(blob);
        store.acknowledgeBlob(blob);
      }
      const queue = [...large.values()].filter(({ blob }) => missing.has(blob));
      // The first goes alone: it shows whether this service takes blobs at all.
      const first = queue.shift();
      if (first !== undefined) await uploadOrRefuse(first);
      await workThrough(queue, uploadsAtOnce, async (transcript) => {
        signal.throwIfAborted();
        if (blobsKnown) await uploadOrRefuse(transcript);
      });
    }
    return transcripts.filter((transcript) => {
      const reason = failed.get(transcript.blob);
      if (reason !== undefined) refuse(transcript, reason.code, reason.message);
      return reason === undefined;
    });
  }

  /** The rows, in batches that are filled by their real size, since text grows when it is quoted. */
  async function sendPointers(transcripts: readonly TranscriptCandidate[]): Promise<void> {
    let batch: Pointer[] = [];
    let size = envelope;
    const flush = async (): Promise<void> => {
      if (batch.length > 0 && known) known = await sendPointerBatch(batch);
      batch = [];
      size = envelope;
    };
    for (const transcript of transcripts) {
      signal.throwIfAborted();
      const text = await pointerText(transcript);
      if (text === undefined) continue;
      const bytes = Buffer.byteLength(text) + 2;
      const full =
        batch.length >= capabilities.batchItems || size + bytes > capabilities.batchBytes;
      if (full) await flush();
      batch.push({ transcript, text });
      size += bytes;
    }
    await flush();
    if (!known) outcome.unsupported.push("conversations");
  }

  async function pointerText(transcript: TranscriptCandidate): Promise<string | undefined> {
    const { conversationId, blob, bytes, updatedAt } = transcript;
    const row = { conversation_id: conversationId, content_sha256: blob, size: bytes };
    const pointer = { ...row, updated_at: updatedAt };
    if (!isInline(transcript)) return JSON.stringify(pointer);
    const content = new Uint8Array(await store.openBlob(blob).arrayBuffer());
    if (sha256Hex(content) !== blob) {
      const { label, message } = damagedSnapshot();
      refuse(transcript, label, message);
      return undefined;
    }
    return JSON.stringify({ ...pointer, ...inline(content) });
  }

  /** False where the service knows no conversations. */
  async function sendPointerBatch(batch: readonly Pointer[]): Promise<boolean> {
    const lacking: Pointer[] = [];
    const complete = await sendBatch(batch, {
      resource: "conversations",
      async send(items) {
        const texts = items.map(({ text }) => text);
        for (;;) {
          try {
            const answer = await remote.sendBatch("conversations", texts);
            checkEpoch(capabilities, answer?.epoch);
            return answer;
          } catch (error) {
            if (!(await repair(items, error))) throw error;
          }
        }
      },
      accepted(items) {
        for (const { transcript } of items) {
          const { conversationId, blob } = transcript;
          // An inline row brings its bytes along.
          if (isInline(transcript)) store.acknowledgeBlob(blob);
          store.acknowledgeTranscript(conversationId, blob);
          if (present.has(blob)) counts.skipped++;
          else counts.sent++;
        }
        run.advance("conversations", items.length);
      },
      refused(item, { code, message }) {
        const { blob } = item.transcript;
        if (code === "blob_missing" && !isInline(item.transcript) && !repaired.has(blob)) {
          lacking.push(item);
        } else refuse(item.transcript, code, message);
      },
    });
    if (lacking.length === 0) return complete;
    for (const { transcript } of lacking) await bringAgain(transcript);
    return sendPointerBatch(lacking);
  }

  /** Whether the service lacks a blob that we took for sent, and now has it. */
  async function repair(items: readonly Pointer[], error: unknown): Promise<boolean> {
    if (!(error instanceof AppError) || error.label !== "blob_missing") return false;
    const digest = error.details["content_sha256"];
    const item = items.find(({ transcript }) => transcript.blob === digest);
    if (item === undefined || repaired.has(item.transcript.blob)) return false;
    await bringAgain(item.transcript);
    return true;
  }

  async function bringAgain(transcript: TranscriptCandidate): Promise<void> {
    repaired.add(transcript.blob);
    present.delete(transcript.blob);
    store.forgetBlob(transcript.blob);
    await upload(transcript);
  }

  return { uploadAll, sendPointers };
}

/** Bytes as a member of their row: text where they are valid UTF-8, which then comes back as the same bytes. */
function inline(bytes: Uint8Array): { content: string } | { content_b64: string } {
  try {
    return { content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { content_b64: bytes.toBase64() };
  }
}

function isDamage(error: unknown): error is AppError {
  return (
    error instanceof AppError && ["transcript_damaged", "transcript_changed"].includes(error.label)
  );
}
