import type { TranscriptCandidate } from "../schema/exchange.ts";
import type { BlobId } from "../schema/ids.ts";
import { cutAtLines, digestsAt } from "./prefixes.ts";
import type { TranscriptSending } from "./transcript-sending.ts";

/** Bytes of a snapshot that the service has, as the beginning of one of its blobs. */
interface Base {
  readonly blob: BlobId;
  readonly keeps: number;
}

/** A snapshot that is to be sent, and who is told of its bytes on their way. */
export interface Growing {
  readonly transcript: TranscriptCandidate;
  readonly content: Blob;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Sends what a snapshot has beyond one that the service has, in steps that are blobs by themselves: a push that breaks
 * off goes on behind the last of them. `whole`: nothing is there to go on from, or what is there does not fit.
 */
export async function appendTranscript(
  sending: TranscriptSending,
  growing: Growing,
): Promise<"stored" | "whole"> {
  const { appendBytes } = sending.run.capabilities;
  if (appendBytes === undefined) return "whole";
  for (const base of await basesOf(sending, growing)) {
    const outcome = await sendSteps(sending, growing, base);
    if (outcome === "stored") return "stored";
    if (outcome === "mismatch") return "whole";
  }
  if (growing.content.size <= appendBytes) return "whole";
  return (await sendSteps(sending, growing, undefined)) === "stored" ? "stored" : "whole";
}

/** The earlier snapshots with which this one begins, newest first. */
async function basesOf(
  { run }: TranscriptSending,
  { transcript: { conversationId, blob }, content }: Growing,
): Promise<Base[]> {
  const earlier = run.store.transcripts.earlier(conversationId, blob);
  const unsure = earlier.filter(
    ({ shared, bytes }) => shared === undefined && bytes <= content.size,
  );
  const compared = await digestsAt(
    content,
    unsure.map(({ bytes }) => bytes),
  );
  return earlier.flatMap(({ blob: base, bytes, shared }) => {
    const keeps = shared ?? (compared.get(bytes) === base ? bytes : 0);
    return keeps > 0 && keeps < content.size ? [{ blob: base, keeps }] : [];
  });
}

async function sendSteps(
  { run }: TranscriptSending,
  { transcript, content, onBytes }: Growing,
  base: Base | undefined,
): Promise<"stored" | "unknown" | "mismatch"> {
  const most = run.capabilities.appendBytes ?? content.size;
  const ends = await cutAtLines(content, base?.keeps ?? 0, most);
  const names = ends.length === 1 ? undefined : await digestsAt(content, ends);
  const steps = ends.map((end) => ({ end, blob: names?.get(end) ?? transcript.blob }));
  let at = base;
  let next = 0;
  if (names !== undefined) {
    const lacking = new Set(await run.remote.missingBlobs(steps.map(({ blob }) => blob)));
    const there = steps.findLast(({ blob }) => !lacking.has(blob));
    if (there !== undefined) {
      at = { blob: there.blob, keeps: there.end };
      next = steps.indexOf(there) + 1;
    }
  }
  for (const { end, blob } of steps.slice(next)) {
    run.signal.throwIfAborted();
    if (at === undefined) {
      const first = await run.remote.sendBlob(blob, content.slice(0, end), onBytes);
      if (first === "unsupported") return "unknown";
    } else {
      const growth = { base: at.blob, keeps: at.keeps, content: content.slice(at.keeps, end) };
      const outcome = await run.remote.appendBlob(blob, growth, onBytes);
      if (outcome !== "stored") return outcome;
    }
    globalThis.failPoint?.("push.step");
    at = { blob, keeps: end };
  }
  return "stored";
}
