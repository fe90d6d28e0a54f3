import { closeSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../errors.ts";
import type { Download, WantedTranscript } from "../../schema/exchange.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readParts } from "./hash-file.ts";
import {
  type Beginning,
  type Incoming,
  beginIncoming,
  continueIncoming,
  finish,
  plainHasher,
  writeChunk,
} from "./incoming-file.ts";
import type { KeptBeginning } from "./write-snapshot.ts";

/** A download that nobody has gone on with for so long is given up. */
const patience = 7 * 24 * 3600 * 1000;
/** Chunks of a copy after which others have their turn. */
const atOnce = 16;

/** Where downloads stand until they are whole: one directory, so that what a kill left is found without a search. */
function downloadDirectory(project: ProjectPaths): string {
  return join(project.conversations, "incoming");
}

/** Takes away what came of downloads: all of it, or what a pull that was killed long ago has left. */
export function removeDownloads(project: ProjectPaths, which: "all" | "old"): void {
  const directory = downloadDirectory(project);
  if (which === "all") return rmSync(directory, { recursive: true, force: true });
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && Date.now() - stats.mtimeMs > patience) rmSync(path, { force: true });
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * A place for a snapshot that comes from elsewhere: under a temporary name of its conversation and digest, checked, and
 * only then under its final one. What an attempt that broke off has brought is gone on with; else a snapshot that is
 * kept serves as the beginning. The digest of the whole tells whether it was one, and `beginning` is told.
 */
export function openDownload(
  project: ProjectPaths,
  { conversationId, blob, size }: WantedTranscript,
  beginning?: KeptBeginning & Beginning,
): Download {
  const path = join(downloadDirectory(project), `${conversationId}-${blob}`);
  // The last byte is asked for in any case, so that the service has something to answer.
  let copied = beginning !== undefined && beginning.bytes < size ? beginning : undefined;
  const broken = (): number => Math.min(sizeOf(path), size - 1);

  async function begin(from: number): Promise<Incoming> {
    const hasher = beginning === undefined ? plainHasher() : plainHasher(beginning);
    if (from === 0) return beginIncoming(path, hasher);
    if (from === broken()) {
      const incoming = continueIncoming(path, from, hasher);
      await takeIn({ path, bytes: from }, (chunk) => hasher.update(chunk));
      return incoming;
    }
    const incoming = beginIncoming(path, hasher);
    if (copied !== undefined) await takeIn(copied, (chunk) => writeChunk(incoming, chunk));
    return incoming;
  }

  return {
    get have() {
      return Math.max(0, broken(), copied?.bytes ?? 0);
    },
    restart() {
      copied = undefined;
      rmSync(path, { force: true });
    },
    async take(content, from) {
      const incoming = await begin(from);
      let bytes = from;
      let isOurs = false;
      try {
        for await (const chunk of content) {
          isOurs = true;
          bytes += chunk.length;
          if (bytes > size) throw tooManyBytes(size);
          writeChunk(incoming, chunk);
          globalThis.failPoint?.("pull.chunk");
          isOurs = false;
        }
        isOurs = true;
        globalThis.failPoint?.("pull.whole");
        finish(project, incoming, blob);
      } catch (error) {
        // A failure of the stream is the sender's to explain, and what came before it stays.
        if (isOurs) rmSync(path, { force: true });
        throw error;
      } finally {
        closeSync(incoming.descriptor);
      }
    },
  };
}

async function takeIn(
  { path, bytes }: KeptBeginning,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  let chunks = 0;
  for (const chunk of readParts(path, bytes)) {
    take(chunk);
    if (++chunks % atOnce === 0) await new Promise<void>((resume) => setImmediate(resume));
  }
}

function tooManyBytes(size: number): AppError {
  const message = `the transcript has more than the ${size} bytes that its row says`;
  return new AppError("failed", message, { label: "too_many_bytes" });
}
