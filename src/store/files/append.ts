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

/** Many lines are encoded in one place again and again: fresh memory for each page of a pull costs more than its encoding. */
let spare: Buffer | undefined;
const spareBytes = 8 * 1024 * 1024;
const fewCharacters = 64 * 1024;

/** The lines as they stand in the file, good until the next call; `closes` another's half line first. */
function encodeLines(lines: readonly string[], closes: boolean): Uint8Array {
  const characters = lines.reduce((sum, { length }) => sum + length, 0);
  const most = 3 * characters + lines.length + 1;
  if (characters < fewCharacters || most > spareBytes) {
    const text = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
    return Buffer.from(closes ? `\n${text}` : text);
  }
  const content = (spare ??= Buffer.allocUnsafeSlow(spareBytes));
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
  /** Whether the last line lacks its end: another's half line, or a record that a person wrote. */
  readonly torn: boolean;
  readonly stats: Stats;
  append(lines: readonly string[], options?: AppendOptions): Appended;
}

interface AppendOptions {
  /** The bytes survive a power cut; without, a kill of any process. */
  readonly durable?: boolean;
  /**
   * The lines may have been begun before, by a process that was killed: half of one of them at the file's end is what
   * it left, and goes.
   */
  readonly again?: boolean;
}

/** For who must know where lines will stand before they are appended; `append` is to be called once. */
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
        // One write: a reader that holds no lock sees either none of it or, almost always, all of it.
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
 * Appends lines to a JSONL file under its lock: whole or not at all as far as any reader can tell. A half line that a
 * kill left behind is closed off first, so that ours is not glued to it.
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
