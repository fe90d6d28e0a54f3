import { type WrittenRun, writtenRuns } from "./evidence.ts";
import { hashLines } from "./line-hashes.ts";
import { decodeText, isWeak, splitLines } from "./lines.ts";
import type { Trace } from "../schema/trace.ts";

/** A file that a commit took lines from, or away: what agents wrote there may stand in another one now. */
export interface ShrunkFile {
  readonly oldPath: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array | undefined;
}

/** The telling lines that a commit took out of a file. */
export function goneLines({ before, after }: ShrunkFile): string[] {
  const left = new Set(after === undefined ? [] : splitLines(decodeText(after)));
  return splitLines(decodeText(before)).filter((line) => !isWeak(line) && !left.has(line));
}

/** What agents wrote in another file and the commit took away there. */
export function movedRuns(file: ShrunkFile, traces: readonly Trace[]): WrittenRun[] {
  const old = hashLines(file.before);
  const left = new Set(file.after === undefined ? [] : hashLines(file.after).hashes);
  // Common lines stay in most files; they count within a run that is gone.
  const common = new Set(old.hashes.filter((_, line) => old.weak[line]));
  const gone = new Set(old.hashes.filter((hash, line) => old.weak[line] || !left.has(hash)));
  return writtenRuns(traces, new Set([file.oldPath])).flatMap(({ claim, hashes }) =>
    split(hashes, (hash) => gone.has(hash)).map((part) => ({
      claim,
      hashes: part,
      common,
    })),
  );
}

function split(hashes: readonly string[], keeps: (hash: string) => boolean): string[][] {
  const parts: string[][] = [[]];
  for (const hash of hashes) {
    if (keeps(hash)) parts.at(-1)?.push(hash);
    else parts.push([]);
  }
  return parts.filter((part) => part.length > 0);
}
