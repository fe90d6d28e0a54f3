import { closeSync, openSync, readSync } from "node:fs";
import type { Policy } from "../../redaction/policy.ts";
import { createRedactor } from "../../redaction/redactor.ts";
import type { KeptTranscript } from "../../store/transcripts/transcript.ts";
import type { NextBytes } from "./conversation-progress.ts";

/** A transcript of this machine that is read and masked as far as somebody looks. */
export interface TranscriptReading {
  readonly next: NextBytes;
  readonly ends: () => boolean;
  /** Whether what is kept now begins with what was read, so that reading can go on. */
  goesOn(transcript: KeptTranscript, policy: Policy): boolean;
}

/** Read at a time: little enough that others have their turn in between. */
const pieceBytes = 64 * 1024;
/** By their last bytes a file that grew is told from one that was written anew. */
const tailBytes = 64;

/** Reads a transcript in pieces, with its secrets masked. */
export function readTranscript(transcript: KeptTranscript, policy: Policy): TranscriptReading {
  const { path } = transcript;
  const redactor = createRedactor(policy);
  let offset = 0;
  let tail = Buffer.alloc(0);
  let isOver = false;
  return {
    // A live copy grows by whole lines; half of one is shown too, and makes an end.
    ends: () => isOver || transcript.from !== "live copy",
    async next() {
      const piece = readPiece(path, offset, pieceBytes);
      if (piece.length === 0) {
        const rest = redactor.end();
        isOver ||= rest.length > 0;
        return rest.length > 0 ? rest : undefined;
      }
      offset += piece.length;
      tail = Buffer.from(Buffer.concat([tail, piece]).subarray(-tailBytes));
      const masked = redactor.write(piece);
      // Others have their turn.
      await Bun.sleep(0);
      return masked;
    },
    goesOn(now, present) {
      if (now.path !== path || now.bytes < offset || present.id !== policy.id) return false;
      if (now.bytes > offset && isOver) return false;
      return readPiece(path, offset - tail.length, tail.length).equals(tail);
    },
  };
}

function readPiece(path: string, from: number, length: number): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, from));
  } finally {
    closeSync(descriptor);
  }
}
