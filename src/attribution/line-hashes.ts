import { decodeText, isWeak, lineStarts, splitLines } from "./lines.ts";
import { hashLineBytes } from "./trace.ts";

/** The hashes of a text's lines, and which of them prove nothing by themselves. */
export interface HashedLines {
  readonly hashes: readonly string[];
  readonly weak: readonly boolean[];
}

/** A large text is asked for twice within one commit; what is no longer held is forgotten. */
const known = new WeakMap<Uint8Array, HashedLines>();

export function hashLines(content: Uint8Array): HashedLines {
  const hashed = known.get(content) ?? hashAll(content);
  known.set(content, hashed);
  return hashed;
}

function hashAll(content: Uint8Array): HashedLines {
  const starts = lineStarts(content);
  return {
    hashes: starts.map((_, line) => hashLineBytes(content, line, starts)),
    weak: splitLines(decodeText(content)).map(isWeak),
  };
}
