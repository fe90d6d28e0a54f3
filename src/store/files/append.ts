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
  /** Size of the file before. One less than `offset` where half a line of another writer was closed off first. */
  readonly sizeBefore: number;
  readonly stats: Stats;
}

function lastByte(descriptor: number, size: number): number {
  const byte = new Uint8Array(1);
  readSync(descriptor, byte, 0, 1, size - 1);
  return byte[0] ?? 0;
}

/** The bytes behind the last line break. Undefined where they are as many as `limit`, or more. */
function readHalfLine(descriptor: number, size: number, limit: number): Buffer | undefined {
  const tail = Buffer.allocUnsafe(Math.min(size, limit));
  const read = readSync(descriptor, tail, 0, tail.length, size - tail.length);
  const start = tail.subarray(0, read).lastIndexOf(newline) + 1;
  return start > 0 || tail.length === size ? tail.subarray(start, read) : undefined;
}

/**
 * Where to write the lines. A kill may have left half of one of them at the end of the file: then that half is written
 * over. Half of any other line stays, and the file's end is the place.
 */
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

/** Reused for each page of a pull: to get fresh memory costs more than to encode the page. */
let spare: Buffer | undefined;
const spareBytes = 8 * 1024 * 1024;
const fewCharacters = 64 * 1024;

/**
 * The bytes to append. They are good until the next call. With `closes` they begin with a line break, which ends half a
 * line of another writer.
 */
function encodeLines(lines: readonly string[], closes: boolean): Uint8Array {
  const characters = lines.reduce((sum, { length }) => sum + length, 0);
  if (characters < fewCharacters) {
    const text = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
    return Buffer.from(closes ? `\n${text}` : text);
  }
  const most = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 1);
  const content =
    most > spareBytes
      ? Buffer.allocUnsafeSlow(most)
      : (spare ??= Buffer.allocUnsafeSlow(spareBytes));
  let end = 0;
  if (closes) content[end++] = newline;
  for (const line of lines) {
    end += content.write(line, end);
    content[end++] = newline;
  }
  return content.subarray(0, end);
}

/** A JSONL file to which nobody else can append until it is disposed of. */
export interface LockedAppend extends Disposable {
  /** Whether the last line has no line break: a writer was killed, or a person has edited the file. */
  readonly torn: boolean;
  readonly stats: Stats;
  append(lines: readonly string[], options?: AppendOptions): Appended;
}

interface AppendOptions {
  /** With this the bytes survive a power cut. Without it they survive a kill of any process. */
  readonly durable?: boolean;
  /**
   * A process that was killed may have begun to write these same lines. Half of one of them at the end of the file is
   * then taken away.
   */
  readonly again?: boolean;
}

/** For callers that must know where lines will stand before they append them. Call `append` once. */
export function lockForAppend(path: string): LockedAppend {
  const file = lockFile(path);
  const { descriptor, stats } = file;
  const guard = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw diskFailure(error, "append to", path);
    }
  };
  try {
    const torn = guard(() => stats.size > 0 && lastByte(descriptor, stats.size) !== newline);
    const append = (lines: readonly string[], options: AppendOptions = {}): Appended => {
      checkLines(lines);
      return guard(() => {
        let sizeBefore = stats.size;
        if (torn && options.again === true) {
          sizeBefore = endWithoutHalf(descriptor, stats.size, lines);
          if (sizeBefore < stats.size) ftruncateSync(descriptor, sizeBefore);
        }
        const closes = torn && sizeBefore === stats.size;
        const content = encodeLines(lines, closes);
        // One write, so that a reader without the lock sees all of it or, almost always, none.
        writeWhole(descriptor, content, sizeBefore);
        if (options.durable === true) fdatasyncSync(descriptor);
        const begun = closes ? 1 : 0;
        const bytes = content.length - begun;
        return { offset: sizeBefore + begun, bytes, sizeBefore, stats: fstatSync(descriptor) };
      });
    };
    return { torn, stats, append, [Symbol.dispose]: () => file[Symbol.dispose]() };
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

/**
 * Appends lines to a JSONL file under its lock. Readers see each line whole or not at all. Where a kill has left half a
 * line at the end of the file, a line break ends it first, so that our line is not glued to it.
 */
export function appendLines(
  path: string,
  lines: readonly string[],
  options: AppendOptions = {},
): Appended {
  checkLines(lines);
  using file = lockForAppend(path);
  return file.append(lines, options);
}

function checkLines(lines: readonly string[]): void {
  for (const line of lines) {
    if (line.includes("\n")) throw new Error("a record must be one line");
  }
}
