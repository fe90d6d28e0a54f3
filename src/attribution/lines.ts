/**
 * Who wrote which line: values in, values out. Diffs follow a text from event to event. An agent's edit is applied where
 * the agent says that it was. Of the lines that a commit adds, those are claimed that are still the agent's.
 * Source of the rules: docs/design.md, "Attribution".
 */
import { isUtf8 } from "node:buffer";

/**
 * A file's text for comparison. Line breaks become `\n` and a byte order mark goes, because neither makes a line another
 * line. Bytes that are no UTF-8 become one character each, so that equal lines stay equal.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = isUtf8(bytes)
    ? new TextDecoder().decode(bytes)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return normalizeText(text);
}

/** Text as an agent reports it, in the same form as `decodeText` gives a file's. */
export function normalizeText(text: string): string {
  const unmarked = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return unmarked.includes("\r\n") ? unmarked.replaceAll("\r\n", "\n") : unmarked;
}

/** Lines without their line breaks. A last line without a line break counts; behind a last line break there is none. */
export function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Git's rule: a NUL among the first bytes makes a file binary, and binary files have no lines. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

const pointer = Buffer.from("version https://git-lfs.github.com/spec/");

/** Whether a file only stands for one that is kept elsewhere: its lines are git-lfs'. */
export function isPointer(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, pointer.length)).equals(pointer);
}

/** The bytes of each line without its `\n` or `\r\n`, numbered like `splitLines(decodeText(bytes))`. */
export function lineBytes(bytes: Uint8Array, line: number, starts: readonly number[]): Uint8Array {
  const start = starts[line] ?? bytes.length;
  let end = starts[line + 1] ?? bytes.length;
  if (end > start && bytes[end - 1] === 0x0a) end--;
  if (end > start && bytes[end - 1] === 0x0d) end--;
  return bytes.subarray(start, end);
}

/** Where each line begins. */
export function lineStarts(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  for (let start = 0; start < bytes.length;) {
    starts.push(start);
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) break;
    start = end + 1;
  }
  return starts;
}

const commonWords = new Set(
  (
    "return else elif end endif fi done esac pass break continue nil null none true false try do then begin default " +
    "finally ok err if in not and or self this undefined catch ensure rescue void"
  ).split(" "),
);

/**
 * Whether a line is so common that its text alone proves nothing: blank, brackets, `return`, `else:`. By position
 * such a line is as certain as any other.
 */
export function isWeak(line: string): boolean {
  const words = line.match(/[\p{L}\p{N}_]+/gu);
  return words === null || words.every((word) => commonWords.has(word.toLowerCase()));
}
