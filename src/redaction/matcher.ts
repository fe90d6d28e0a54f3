import { alphabetTables, alphanumeric, byteSet } from "./alphabets.ts";
import { hasTokenChecksum } from "./checksum.ts";
import { entropyOf } from "./entropy.ts";
import type { Format } from "./formats.ts";
import { type ShapePart, keywordOf, parseShape } from "./shape.ts";
import { type View, overlapBytes } from "./view.ts";

/** One shape of one format, ready to be tried where its keyword was found. */
export interface Matcher {
  readonly rule: string;
  readonly parts: readonly ShapePart[];
  readonly literals: readonly (Uint8Array | undefined)[];
  readonly keyword: string;
  /** How many bytes of the shape stand before its keyword. */
  readonly before: number;
  readonly anyCase: boolean;
  readonly isChecked: boolean;
  /** False: whatever fits is taken. Only to show in tests what the filters are good for. */
  readonly isFiltered: boolean;
  /** How much its literal text tells: of two matches at one place the more telling one names the mask. */
  readonly weight: number;
}

const encoder = new TextEncoder();

export function compileShape(format: Format, shape: string, isFiltered = true): Matcher {
  const parts = parseShape(shape);
  const { text, before } = keywordOf(parts);
  return {
    rule: format.id,
    parts,
    literals: parts.map((part) =>
      part.kind === "literal" ? encoder.encode(part.text) : undefined,
    ),
    keyword: text,
    before,
    anyCase: format.anyCase === true,
    isChecked: format.checksum === true,
    isFiltered,
    weight: 1000 + text.length,
  };
}

/** Where runs of each alphabet end in one view: found once, however often it is asked. */
export interface RunEnds {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** How many bytes were looked at in all; tests ask it. */
  work: number;
}

export function createRunEnds(): RunEnds {
  const count = alphabetTables.length;
  return { starts: new Int32Array(count).fill(-1), ends: new Int32Array(count).fill(-1), work: 0 };
}

export function forgetRuns(runs: RunEnds): void {
  runs.starts.fill(-1);
  runs.ends.fill(-1);
}

function runEnd(view: View, at: number, alphabet: number, runs: RunEnds): number {
  if (at >= (runs.starts[alphabet] ?? -1) && at < (runs.ends[alphabet] ?? -1)) {
    return runs.ends[alphabet] ?? at;
  }
  const table = alphabetTables[alphabet];
  if (table === undefined) return at;
  let end = at;
  while (end < view.length && table[view.bytes[end] ?? 0] === 1) end++;
  runs.work += end - at + 1;
  runs.starts[alphabet] = at;
  runs.ends[alphabet] = end;
  return end;
}

const closing = byteSet(".,:;/?!)&=");

const fold = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

function hasLiteral(view: View, at: number, text: Uint8Array, anyCase: boolean): boolean {
  if (at + text.length > view.length) return false;
  for (let index = 0; index < text.length; index++) {
    const here = view.bytes[at + index] ?? 0;
    const wanted = text[index] ?? 0;
    if (here !== wanted && !(anyCase && fold(here) === fold(wanted))) return false;
  }
  return true;
}

function hasLetterAndDigit(view: View, start: number, end: number): boolean {
  let letters = false;
  let digits = false;
  const stop = Math.min(end, start + 128);
  for (let at = start; at < stop && !(letters && digits); at++) {
    const byte = view.bytes[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) digits = true;
    else if (alphanumeric[byte] === 1) letters = true;
  }
  return letters && digits;
}

/** Where the shape that begins at `start` ends; -1 where it does not fit. */
export function endOfShape(view: View, start: number, matcher: Matcher, runs: RunEnds): number {
  let at = start;
  // One that began so far back is seen whole by no block; its first parts must then tell.
  const isEndless = view.isOpen && view.length - start > overlapBytes;
  for (const [index, part] of matcher.parts.entries()) {
    if (isEndless && index > 2 && at === view.length) return at;
    if (part.kind === "literal") {
      const text = matcher.literals[index];
      if (text === undefined || !hasLiteral(view, at, text, matcher.anyCase)) return -1;
      at += text.length;
      continue;
    }
    const end = runEnd(view, at, part.alphabet, runs);
    if (end - at < part.least) return -1;
    const isLast = index === matcher.parts.length - 1;
    let stop = Math.min(end, at + part.most);
    if (isLast && end > stop) {
      // Where a run may hold a full stop, the one behind it may be a sentence's.
      while (stop >= at + part.least && closing[view.bytes[stop] ?? 0] === 0) stop--;
      if (stop < at + part.least) return -1;
    }
    at = stop;
  }
  return at;
}

/** Whether the shape's runs may hold both letters and digits. */
function isMixed({ parts }: Matcher): boolean {
  return parts.some(
    (part) => part.kind === "run" && !["digit", "letter", "lower", "upper"].includes(part.name),
  );
}

/** Whether what fits a shape looks as if somebody had drawn it by lot, not as an example or a name. */
function isDrawn(view: View, start: number, end: number): boolean {
  const length = end - start;
  return entropyOf(view.bytes, start, end) >= (length > 20 ? 2.6 : 2);
}

/** Tries a shape that tells by itself; gives the secret's end, or -1. */
export function matchAt(view: View, start: number, matcher: Matcher, runs: RunEnds): number {
  if (start < 0) return -1;
  const end = endOfShape(view, start, matcher, runs);
  if (end < 0 || !matcher.isFiltered) return end;
  const head = matcher.literals[0]?.length ?? 0;
  if (matcher.isChecked && hasTokenChecksum(view.bytes, start + head)) return end;
  const before = start === 0 ? (view.isCut ? 0x61 : 0x20) : (view.bytes[start - 1] ?? 0);
  if (alphanumeric[before] === 1 && alphanumeric[view.bytes[start] ?? 0] === 1) return -1;
  const last = view.bytes[end - 1] ?? 0;
  if (alphanumeric[last] === 1 && alphanumeric[view.bytes[end] ?? 0] === 1 && end < view.length) {
    return -1;
  }
  // A short beginning is a word's as well: what follows must then not read as one.
  if (head <= 3 && isMixed(matcher) && !hasLetterAndDigit(view, start + head, end)) return -1;
  return isDrawn(view, start + head, end) ? end : -1;
}

/** Tries a shape behind a word that names it. It must have letters and digits, or nothing but digits by its kind. */
export function matchValue(view: View, start: number, matcher: Matcher, runs: RunEnds): number {
  const end = endOfShape(view, start, matcher, runs);
  if (!matcher.isFiltered) return end;
  if (end < 0 || (end < view.length && alphanumeric[view.bytes[end] ?? 0] === 1)) return -1;
  if (isMixed(matcher) && !hasLetterAndDigit(view, start, end)) return -1;
  return isDrawn(view, start, end) ? end : -1;
}
