import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { systemCode } from "../../errors.ts";
import { diskFailure } from "./disk-failure.ts";
import { readWithoutWaiting } from "./private-files.ts";

/** No record is longer than this. A longer line counts as unreadable, and is never held in memory. */
const longestLine = 256 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const newline = 0x0a;

/** A line's bytes without its `\n`, and where they stand in the file. */
export interface Line {
  readonly offset: number;
  /** Good until the next line is asked for. Undefined where the line is too long to be held. */
  readonly bytes: Uint8Array | undefined;
  readonly length: number;
  /** False for the bytes behind the last `\n`: half a line, or a line that is being written. */
  readonly terminated: boolean;
}

function openOrNothing(path: string): number | undefined {
  try {
    return openSync(path, readWithoutWaiting);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw diskFailure(error, "read", path);
  }
}

/** The lines of a file from a byte offset on, one at a time in memory. A missing file has none. */
export function* readLines(path: string, from = 0): Generator<Line> {
  const descriptor = openOrNothing(path);
  if (descriptor === undefined) return;
  try {
    if (!fstatSync(descriptor).isFile()) {
      throw diskFailure("it is no regular file", "read", path);
    }
    yield* splitLines(descriptor, from);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw diskFailure(error, "read", path);
  } finally {
    closeSync(descriptor);
  }
}

function* splitLines(descriptor: number, from: number): Generator<Line> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let parts: Buffer[] = [];
  let offset = from;
  let length = 0;
  const line = (terminated: boolean): Line => {
    const bytes =
      length > longestLine ? undefined : parts.length === 1 ? parts[0] : Buffer.concat(parts);
    return { offset, bytes, length, terminated };
  };
  for (let position = from; ;) {
    const read = readSync(descriptor, chunk, 0, chunkBytes, position);
    if (read === 0) break;
    position += read;
    for (let start = 0; start < read;) {
      const end = chunk.subarray(0, read).indexOf(newline, start);
      const stop = end < 0 ? read : end;
      length += stop - start;
      const part = chunk.subarray(start, stop);
      // The next turn fills the same chunk: what is kept beyond this turn must be a copy.
      if (length <= longestLine) parts.push(end < 0 ? Buffer.from(part) : part);
      else parts = [];
      if (end < 0) break;
      yield line(true);
      offset += length + 1;
      parts = [];
      length = 0;
      start = end + 1;
    }
  }
  if (length > 0) yield line(false);
}

/** A line that holds a JSON value, with its text as it stands in the file. */
export interface StoredRecord {
  /** Where the text begins, and how many bytes it has. */
  readonly offset: number;
  readonly length: number;
  /** Where the next line begins. */
  readonly end: number;
  readonly text: string;
  readonly value: unknown;
}

/** What reading passed over, for those who count it. */
export interface Unreadable {
  readonly offset: number;
  readonly length: number;
  readonly terminated: boolean;
}

export interface ReadOptions {
  readonly from?: number;
  readonly onUnreadable?: (line: Unreadable) => void;
  /** The value of a text; throws a SyntaxError where it is no JSON. */
  readonly parse?: (text: string) => unknown;
}

/** The line without what crashes and editors leave around a record: NULs, a byte order mark, blanks, `\r`. */
function trim(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && (bytes[start] ?? 0) <= 0x20) start++;
  if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
  while (end > start && (bytes[end - 1] ?? 0) <= 0x20) end--;
  return bytes.subarray(start, end);
}

/**
 * The records of a JSONL file. A line that does not parse is passed over and reported. Half a line at the end cannot
 * parse either. Blank lines are not counted.
 */
export function* readRecords(path: string, options: ReadOptions = {}): Generator<StoredRecord> {
  const { parse = JSON.parse } = options;
  for (const line of readLines(path, options.from)) {
    const trimmed = line.bytes === undefined ? undefined : trim(line.bytes);
    if (trimmed?.length === 0 && line.terminated) continue;
    try {
      if (trimmed !== undefined && line.bytes !== undefined) {
        const text = Buffer.from(trimmed.buffer, trimmed.byteOffset, trimmed.length).toString();
        const value = parse(text);
        const offset = line.offset + trimmed.byteOffset - line.bytes.byteOffset;
        const end = line.offset + line.length + (line.terminated ? 1 : 0);
        yield { offset, length: trimmed.length, end, text, value };
        continue;
      }
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    }
    options.onUnreadable?.(line);
  }
}
