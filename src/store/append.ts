import { type Stats, fdatasyncSync, fstatSync, ftruncateSync, readSync, writeSync } from "node:fs";
import { diskFailure } from "./disk-failure.ts";
import { lockFile } from "./lock.ts";

const newline = 0x0a;

/** What an append did: where its bytes begin, and the file as it left it. */
export interface Appended {
  /** Byte offset of the first line. */
  readonly offset: number;
  /** Bytes that the lines take, terminators included. */
  readonly bytes: number;
  /** Size before, where another's half line was closed off: one less than `offset` then. */
  readonly sizeBefore: number;
  readonly stats: Stats;
}

function lastByte(descriptor: number, size: number): number {
  const byte = new Uint8Array(1);
  readSync(descriptor, byte, 0, 1, size - 1);
  return byte[0] ?? 0;
}

/** What stands behind the last line's end, as long as it is shorter than `limit`. */
function readHalfLine(descriptor: number, size: number, limit: number): Buffer | undefined {
  const tail = Buffer.allocUnsafe(Math.min(size, limit));
  const read = readSync(descriptor, tail, 0, tail.length, size - tail.length);
  const start = tail.subarray(0, read).lastIndexOf(newline) + 1;
  return start > 0 || tail.length === size ? tail.subarray(start, read) : undefined;
}

/** Where to write so that what a kill left of one of these lines goes; the file's end where it is of another. */
function endWithoutHalf(descriptor: number, size: number, lines: readonly string[]): number {
  const longest = lines.reduce((most, line) => Math.max(most, Buffer.byteLength(line)), 0);
  const half = readHalfLine(descriptor, size, longest + 1);
  if (half === undefined || half.length === 0) return size;
  const isOurs = lines.some((line) => Buffer.from(line).subarray(0, half.length).equals(half));
  return isOurs ? size - half.length : size;
}

/** Writes all of it at the end of the file, or leaves the file as it was and throws. */
function writeWhole(descriptor: number, content: Uint8Array, sizeBefore: number): void {
  let written = 0;
  try {
    while (written < content.length) written += writeSync(descriptor, content, written);
  } catch (error) {
    if (written > 0) ftruncateSync(descriptor, sizeBefore);
    throw error;
  }
}

/**
 * Appends lines to a JSONL file under its lock: whole or not at all as far as any reader can tell. A half line that a
 * kill left behind is closed off first, so that ours is not glued to it. With `durable` the bytes survive a power
 * cut when this returns; without, a kill of any process. With `again` the lines may have been begun before, by a
 * process that was killed: half of one of them at the file's end is what it left, and goes.
 */
export function appendLines(
  path: string,
  lines: readonly string[],
  options: { readonly durable?: boolean; readonly again?: boolean } = {},
): Appended {
  for (const line of lines) {
    if (line.includes("\n")) throw new Error("a record must be one line");
  }
  using file = lockFile(path);
  const { descriptor } = file;
  let sizeBefore = file.stats.size;
  try {
    let torn = sizeBefore > 0 && lastByte(descriptor, sizeBefore) !== newline;
    if (torn && options.again === true) {
      const end = endWithoutHalf(descriptor, sizeBefore, lines);
      torn = end === sizeBefore;
      if (!torn) ftruncateSync(descriptor, end);
      sizeBefore = end;
    }
    const text = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
    const content = Buffer.from(torn ? `\n${text}` : text);
    // One write: a reader that holds no lock sees either none of it or, almost always, all of it.
    writeWhole(descriptor, content, sizeBefore);
    if (options.durable === true) fdatasyncSync(descriptor);
    const offset = sizeBefore + (torn ? 1 : 0);
    const bytes = content.length - (torn ? 1 : 0);
    return { offset, bytes, sizeBefore, stats: fstatSync(descriptor) };
  } catch (error) {
    throw diskFailure(error, "append to", path);
  }
}
