import { decodeText, isWeak, lineStarts, splitLines } from "./lines.ts";
import { hashLineBytes } from "./trace.ts";

/** The hashes of a text's lines, and which of them prove nothing by themselves. */
export interface HashedLines {
  readonly hashes: readonly string[];
  readonly weak: readonly boolean[];
}

export function hashLines(content: Uint8Array): HashedLines {
  const starts = lineStarts(content);
  return {
    hashes: starts.map((_, line) => hashLineBytes(content, line, starts)),
    weak: splitLines(decodeText(content)).map(isWeak),
  };
}
