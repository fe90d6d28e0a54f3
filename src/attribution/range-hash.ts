import { hashLine } from "../schema/digest.ts";
import { lineBytes, lineStarts } from "./lines.ts";

/**
 * Hashes lines of a file as traces and Agent Trace records have it: over their bytes joined by `\n`, without a last one.
 * Undefined where the file has not all of them.
 */
export function rangeHasher(content: Uint8Array) {
  const starts = lineStarts(content);
  return (start: number, end: number): string | undefined =>
    rangeHash(content, starts, [start, end]);
}

function rangeHash(
  content: Uint8Array,
  starts: readonly number[],
  [start, end]: readonly [number, number],
): string | undefined {
  if (start < 1 || end < start || end > starts.length) return undefined;
  const parts: Uint8Array[] = [];
  for (let line = start - 1; line < end; line++) {
    if (parts.length > 0) parts.push(lineBreak);
    parts.push(lineBytes(content, line, starts));
  }
  return hashLine(Buffer.concat(parts));
}

const lineBreak = Buffer.from("\n");
