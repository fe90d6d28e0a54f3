import type { TranscriptCandidate } from "../schema/exchange.ts";
import type { PushRun } from "./push-run.ts";
import { sendPointers } from "./send-pointers.ts";
import type { TranscriptSending } from "./transcript-sending.ts";
import { uploadTranscripts } from "./upload-transcripts.ts";

/** Sends snapshots and then the rows that point to them: a pointer to bytes that are not there is refused. */
export async function sendTranscripts(
  run: PushRun,
  transcripts: readonly TranscriptCandidate[],
): Promise<void> {
  const before = run.remote.bytesSent;
  const sending: TranscriptSending = {
    run,
    failed: new Map(),
    present: new Set(),
    repaired: new Set(),
    keepsBlobs: true,
  };
  const ready = await uploadTranscripts(sending, transcripts);
  await sendPointers(sending, ready);
  run.outcome.conversationBytes += run.remote.bytesSent - before;
}
