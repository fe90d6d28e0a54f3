import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { readWithoutWaiting } from "../files/private-files.ts";
import type { KeptTranscript } from "../transcripts/transcript.ts";
import type { Gain, IndexedTranscript, ReadState, Said } from "./search-index.ts";

/** Something that was said, as a transcript has it: the time as text, where it tells. */
export interface ReadTurn {
  readonly speaker: string;
  readonly text: string;
  readonly time?: string | undefined;
}

/** What knows the forms of transcripts. A form is a name of its own making, null as long as nothing told it. */
export interface TurnReader {
  /** Turns of whole lines from the midst of a transcript; `whole` where its form must be read from the beginning. */
  piece(
    text: string,
    form: string | null,
  ): { form: string | null; turns: readonly ReadTurn[] | "whole" };
  /** Turns of a transcript that is read from the beginning to the end. */
  whole(text: string): { form: string; turns: readonly ReadTurn[] };
}

export interface ReadingOn {
  readonly before: IndexedTranscript | undefined;
  readonly agent: string;
  readonly reader: TurnReader;
}

const pieceBytes = 1024 * 1024;
/** A line longer than this is passed over, and a transcript that must be read whole is at most so long. */
const mostBytes = 64 * 1024 * 1024;
const tailBytes = 256;
const newline = 0x0a;

interface OpenTranscript {
  readonly descriptor: number;
  readonly size: number;
  readonly inode: number;
  readonly modified: number;
}

/** Whether a transcript may have something that the index lacks. Costs one `stat`, which `listTranscripts` has paid. */
export function isBehind(kept: KeptTranscript, known: IndexedTranscript | undefined): boolean {
  return (
    known === undefined ||
    known.path !== kept.path ||
    known.size !== kept.bytes ||
    known.modified !== kept.modified
  );
}

/** Reads what a transcript has gained, a piece at each turn. A transcript that no longer begins as it did is read anew. */
export function* readOn(
  kept: KeptTranscript,
  { before, agent, reader }: ReadingOn,
): Generator<Gain> {
  let descriptor: number;
  try {
    descriptor = openSync(kept.path, readWithoutWaiting);
  } catch {
    return; // It was there a moment ago; the next look tells.
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return;
    const file = { descriptor, size: stats.size, inode: stats.ino, modified: stats.mtimeMs };
    yield* readFile(file, kept, { before, agent, reader });
  } finally {
    closeSync(descriptor);
  }
}

function* readFile(
  file: OpenTranscript,
  { id, path }: KeptTranscript,
  { before, agent, reader }: ReadingOn,
): Generator<Gain> {
  const grewOnly = before !== undefined && before.consumed <= file.size && hasTail(file, before);
  let known = before;
  let isAnew = before !== undefined && !grewOnly;
  let state = { form: null as string | null, turns: 0, consumed: 0 };
  if (before !== undefined && grewOnly) {
    const { form, turns, consumed } = before;
    state = { form, turns, consumed };
  }
  const settle = (said: readonly Said[], next: typeof state): Gain => {
    state = next;
    const { inode, size, modified } = file;
    const tail = readAt(
      file,
      Math.max(0, next.consumed - tailBytes),
      Math.min(tailBytes, next.consumed),
    );
    // Until all is read the size is one that no file has: a kill leaves a transcript that is behind.
    const isDone = next.consumed >= readable;
    const after: ReadState = { ...next, path, inode, size: isDone ? size : -1, modified, tail };
    const gain = { id, agent, before: known, isAnew, said, after };
    known = { ...after, number: 0, id, agent };
    isAnew = false;
    return gain;
  };
  const readable = endOfLines(file, state.consumed);
  while (state.consumed < readable) {
    const bytes = nextPiece(file, state.consumed, readable);
    const consumed = state.consumed + bytes.length;
    const { form, turns } = reader.piece(bytes.toString("utf8"), state.form);
    const isEnd = consumed >= readable;
    if (turns === "whole" || (isEnd && form === null)) {
      isAnew = known !== undefined;
      yield wholeOf(file, reader, settle);
      return;
    }
    const said = dated(turns, file.modified);
    yield settle(said, { form, turns: state.turns + said.length, consumed });
  }
  // Nothing new but its size, its time or its place.
  if (known === before) yield settle([], state);
}

function wholeOf(
  file: OpenTranscript,
  reader: TurnReader,
  settle: (said: readonly Said[], next: { form: string; turns: number; consumed: number }) => Gain,
): Gain {
  const text = file.size > mostBytes ? "" : readAt(file, 0, file.size).toString("utf8");
  const { form, turns } = reader.whole(text);
  const said = dated(turns, file.modified);
  return settle(said, { form, turns: said.length, consumed: file.size });
}

/** What tells no time was said when the transcript was written last. */
function dated(turns: readonly ReadTurn[], modified: number): Said[] {
  return turns.map(({ speaker, text, time }) => {
    const at = time === undefined ? Number.NaN : Date.parse(time);
    return { speaker, text, time: Number.isNaN(at) ? modified : at };
  });
}

function readAt({ descriptor }: OpenTranscript, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const count = readSync(descriptor, buffer, read, length - read, position + read);
    if (count === 0) break;
    read += count;
  }
  return buffer.subarray(0, read);
}

function hasTail(file: OpenTranscript, { consumed, tail }: IndexedTranscript): boolean {
  return readAt(file, consumed - tail.length, tail.length).equals(Buffer.from(tail));
}

/** Where the last whole line ends. What stands behind it counts where it is a whole document by itself. */
function endOfLines(file: OpenTranscript, from: number): number {
  for (let end = file.size; end > from;) {
    const start = Math.max(from, end - pieceBytes);
    const at = readAt(file, start, end - start).lastIndexOf(newline);
    if (at >= 0) {
      const last = start + at + 1;
      return isDocument(file, last) ? file.size : last;
    }
    end = start;
  }
  return isDocument(file, from) ? file.size : from;
}

function isDocument(file: OpenTranscript, from: number): boolean {
  if (from >= file.size || file.size - from > mostBytes) return false;
  try {
    JSON.parse(readAt(file, from, file.size - from).toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Whole lines, about a mebibyte of them. */
function nextPiece(file: OpenTranscript, from: number, end: number): Buffer {
  for (let length = pieceBytes; ; length *= 2) {
    const piece = readAt(file, from, Math.min(length, end - from));
    if (from + piece.length >= end || length >= mostBytes) return piece;
    const at = piece.lastIndexOf(newline);
    if (at >= 0) return piece.subarray(0, at + 1);
  }
}
