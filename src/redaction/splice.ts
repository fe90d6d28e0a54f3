import type { Hit } from "./scan-view.ts";

const encoder = new TextEncoder();

export function maskOf(rule: string): string {
  return `[redacted:${rule}]`;
}

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

/** Quotes of JSON's own that stand within a hit: a mask never takes one away. */
function* withinStrings(line: Uint8Array, hit: Hit): Generator<Hit> {
  let start = hit.start;
  for (let at = hit.start; at < hit.end; at++) {
    if (line[at] === 0x5c) at++;
    else if (line[at] === 0x22) {
      if (at > start) yield { ...hit, start, end: at };
      start = at + 1;
    }
  }
  if (hit.end > start) yield { ...hit, start };
}

/** Whether a place of a JSON line lies within a string, from what was so at an earlier one. */
function isInside(
  line: Uint8Array,
  [from, to]: readonly [number, number],
  before: boolean,
): boolean {
  let inside = before;
  for (let at = from; at < to; at++) {
    if (line[at] === 0x5c && inside) at++;
    else if (line[at] === 0x22) inside = !inside;
  }
  return inside;
}

/** The line with a mask in each hit's place, every other byte as it was. In JSON the mask of a number is a string. */
export function splice(line: Uint8Array, hits: readonly Hit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let end = 0;
  const json = isJson(line);
  let inside = false;
  const pieces = json ? hits.flatMap((hit) => [...withinStrings(line, hit)]) : hits;
  for (const { start, end: stop, rule } of pieces) {
    if (json) inside = isInside(line, [end, start], inside);
    const text = json && !inside ? `"${maskOf(rule)}"` : maskOf(rule);
    parts.push(line.subarray(end, start), encoder.encode(text));
    end = stop;
  }
  parts.push(line.subarray(end));
  return Buffer.concat(parts);
}
