import { byteSet } from "./alphabets.ts";

const bodyBytes = byteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=");
/** What may stand around a line of a key: line numbers, quotes of code, marks of a diff. */
const decoration = byteSet(" \t'\"+,|>*0123456789:");

const isBreak = (byte: number): boolean => byte === 0x0a || byte === 0x0d;

/** The place behind a line break that starts at `at`, real or escaped at any depth; `at` where there is none. */
function afterBreak(line: Uint8Array, at: number): number {
  if (isBreak(line[at] ?? 0)) return at + 1;
  let end = at;
  while (line[end] === 0x5c) end++;
  if (end === at) return at;
  const letter = line[end];
  return letter === 0x6e || letter === 0x72 || letter === 0x74 ? end + 1 : at;
}

function hasText(line: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (line[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** How far a key's body was followed, and whether it ended there. */
export interface KeyBody {
  /** The end of what belongs to the key. */
  readonly end: number;
  /** How many characters of it are a key's. */
  readonly characters: number;
  /** The line ended before the key did: the next line goes on with it. */
  readonly isOpen: boolean;
}

/**
 * Follows a private key line by line from behind its first line's dashes, over the bytes as they stand, whatever
 * escapes its line breaks: characters of base64, headers, blank lines, up to the last line or to what is no key.
 */
export function followKey(line: Uint8Array, start: number): KeyBody {
  let at = start;
  let end = start;
  let characters = 0;
  for (;;) {
    let next = afterBreak(line, at);
    while (next > at) next = afterBreak(line, (at = next));
    while (at < line.length && decoration[line[at] ?? 0] === 1 && !isQuoteOfJson(line, at)) at++;
    if (hasText(line, at, "-----END")) {
      const close = line.indexOf(0x2d, at + 8);
      let stop = close < 0 || close > at + 100 ? at + 8 : close;
      while (line[stop] === 0x2d) stop++;
      return { end: stop, characters, isOpen: false };
    }
    if (line[at] === 0xe2 && line[at + 1] === 0x86 && line[at + 2] === 0x92) {
      at += 3;
      if (hasText(line, at, "-----END")) continue;
    }
    const from = at;
    while (at < line.length && bodyBytes[line[at] ?? 0] === 1) at++;
    const run = at - from;
    if (at >= line.length) {
      return { end: at, characters: characters + run, isOpen: true };
    }
    if (run > 0 && line[at] === 0x3a && characters === 0) {
      // A header, such as `DEK-Info: …`, or what a person wrote beside it.
      while (
        at < line.length &&
        afterBreak(line, at) === at &&
        at - from < 200 &&
        line[at] !== 0x22
      )
        at++;
      if (afterBreak(line, at) === at) return { end, characters, isOpen: false };
      continue;
    }
    if (line[at] === 0x2d && characters === 0 && run > 0 && run < 20) {
      while (
        at < line.length &&
        afterBreak(line, at) === at &&
        at - from < 200 &&
        line[at] !== 0x22
      )
        at++;
      if (afterBreak(line, at) === at) return { end, characters, isOpen: false };
      continue;
    }
    if (run > 0) {
      characters += run;
      end = at;
    }
    let rest = at;
    while (rest < line.length && (line[rest] === 0x20 || line[rest] === 0x5c)) rest++;
    const isOver = afterBreak(line, at) === at && !isDecorated(line, at);
    if (isOver) return { end, characters, isOpen: false };
  }
}

/** An unescaped quote ends a JSON string, and a key with it. */
function isQuoteOfJson(line: Uint8Array, at: number): boolean {
  return line[at] === 0x22 && line[at - 1] !== 0x5c;
}

/** Whether the line's end follows behind quotes and signs of code, as in `"MII…\n" +`. */
function isDecorated(line: Uint8Array, at: number): boolean {
  let end = at;
  const stop = Math.min(line.length, at + 12);
  while (end < stop && decoration[line[end] ?? 0] === 1 && !isQuoteOfJson(line, end)) {
    if (afterBreak(line, end + 1) > end + 1) return true;
    end++;
  }
  return false;
}
