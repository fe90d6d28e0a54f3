import { byteSet } from "./alphabets.ts";
import { maskOf } from "./mask.ts";
import type { Hit } from "./scan-view.ts";

const encoder = new TextEncoder();

/** Hits that overlap become one, named by the heaviest of them. */
export function mergeHits(hits: readonly Hit[]): Hit[] {
  const sorted = [...hits].toSorted((a, b) => a.start - b.start || b.end - a.end);
  const merged: Hit[] = [];
  for (const hit of sorted) {
    const last = merged.at(-1);
    if (last === undefined || hit.start >= last.end) {
      merged.push(hit);
      continue;
    }
    const named = hit.weight > last.weight ? hit : last;
    merged[merged.length - 1] = { ...named, start: last.start, end: Math.max(last.end, hit.end) };
  }
  return merged;
}

const isJson = (line: Uint8Array): boolean => line[0] === 0x7b || line[0] === 0x5b;
/** What stands between JSON's values. */
const structural = byteSet(" \t\r\n{}[]:,");

/** How many bytes make one character of a JSON string: an escape is never cut. */
function unitAt(line: Uint8Array, at: number): number {
  if (line[at] !== 0x5c) return 1;
  return line[at + 1] === 0x75 ? 6 : 2;
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The parts of hits that a mask can replace so that JSON stays JSON of the same structure: what lies within strings, and
 * values without quotes, whose mask brings its own. In a line that only begins like JSON nothing but structure is left.
 */
function* piecesOfJson(line: Uint8Array, hits: readonly Hit[]): Generator<Piece> {
  let at = 0;
  let inside = false;
  for (const { start, end, rule } of hits) {
    const mask = maskOf(rule);
    for (let next = at; at < start; at = next) {
      next = at + (inside ? unitAt(line, at) : 1);
      if (next > start) break;
      if (line[at] === 0x22) inside = !inside;
    }
    let from = at;
    const piece = (): Piece[] => {
      const text = inside ? mask : `"${mask}"`;
      return at > from ? [{ start: from, end: Math.min(at, line.length), text }] : [];
    };
    while (at < end) {
      if (line[at] === 0x22) {
        yield* piece();
        inside = !inside;
        from = ++at;
      } else if (!inside && structural[line[at] ?? 0] === 1) {
        yield* piece();
        from = ++at;
      } else at += inside ? unitAt(line, at) : 1;
    }
    yield* piece();
  }
}

/** The line with a mask in each hit's place, every other byte as it was. In JSON the mask of a number is a string. */
export function splice(line: Uint8Array, hits: readonly Hit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let end = 0;
  const whole = (): Piece[] =>
    hits.map(({ start, end: stop, rule }) => ({ start, end: stop, text: maskOf(rule) }));
  for (const { start, end: stop, text } of isJson(line) ? piecesOfJson(line, hits) : whole()) {
    parts.push(line.subarray(end, start), encoder.encode(text));
    end = stop;
  }
  parts.push(line.subarray(end));
  return Buffer.concat(parts);
}
