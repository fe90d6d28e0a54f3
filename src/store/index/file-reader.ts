import { isObject } from "../../schema/is-object.ts";
import { readPlainTrace } from "../../schema/plain-trace.ts";
import type { Database } from "bun:sqlite";
import { type Stats, closeSync, openSync, readSync, statSync } from "node:fs";
import { onDisk } from "../files/disk-failure.ts";
import { type StoredRecord, readRecords } from "../files/read-lines.ts";
import type { FiledRow } from "./rows.ts";

/** The file is another one than was read, or shorter, or its end differs: what the index says of it is worth nothing. */
export class FileReplaced extends Error {}

const tailBytes = 32;

interface ReaderState {
  readonly inode: number;
  readonly consumed: number;
  readonly tail: Uint8Array;
}

function readTail(path: string, end: number): Buffer {
  const length = Math.min(tailBytes, end);
  const tail = Buffer.alloc(length);
  if (length === 0) return tail;
  const descriptor = openSync(path, "r");
  try {
    const read = readSync(descriptor, tail, 0, length, end - length);
    return tail.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}

/** Of its lines the index learns apart. */
const parseTrace = (text: string): unknown => readPlainTrace(text) ?? JSON.parse(text);

/** Reads what a JSONL file has gained since it was last read; that it only grew is seen by its inode, size and end. */
export class FileReader {
  readonly #database: Database;
  readonly #name: string;
  readonly #path: string;
  readonly #parse: (text: string) => unknown;

  constructor(database: Database, name: string, path: string) {
    this.#parse = name === "traces" || name === "paths" ? parseTrace : JSON.parse;
    this.#database = database;
    this.#name = name;
    this.#path = path;
  }

  #state(): ReaderState | null {
    return this.#database
      .query("SELECT inode, consumed, tail FROM reader WHERE name = ?")
      .get(this.#name) as ReaderState | null;
  }

  #stats(): Stats | undefined {
    return onDisk("read", this.#path, () => statSync(this.#path, { throwIfNoEntry: false }));
  }

  get consumed(): number {
    return this.#state()?.consumed ?? 0;
  }

  /** Whether the file has something new. Costs one `stat`. */
  isBehind(): boolean {
    const state = this.#state();
    const stats = this.#stats();
    if (state === null) return stats !== undefined && stats.size > 0;
    return stats?.ino !== state.inode || stats.size !== state.consumed;
  }

  /**
   * Hands over new records, so many at most; the caller's transaction holds both what it makes of them and how far it
   * came. False where some are left.
   */
  consume(take: (row: FiledRow) => void, most = Infinity): boolean {
    const state = this.#state();
    const stats = this.#stats();
    if (stats === undefined && state === null) return true;
    const from = state?.consumed ?? 0;
    if (state !== null && (stats?.ino !== state.inode || !this.#hasSameTail(state))) {
      throw new FileReplaced();
    }
    let end = from;
    let torn = false;
    let read = 0;
    const onUnreadable = (line: { offset: number; length: number; terminated: boolean }): void => {
      // Half a line may be one that is being written: it is looked at again when it has its end.
      if (line.terminated) end = line.offset + line.length + 1;
      else torn = true;
    };
    for (const record of readRecords(this.#path, { from, onUnreadable, parse: this.#parse })) {
      end = record.end;
      if (isObject(record.value)) take(record as StoredRecord & { value: FiledRow["value"] });
      if (++read >= most) break;
    }
    if (torn || end > from || state === null) this.advance(end);
    return read < most;
  }

  #hasSameTail(state: ReaderState): boolean {
    return readTail(this.#path, state.consumed).equals(Buffer.from(state.tail));
  }

  /** Notes that everything up to an offset is in the index. */
  advance(end: number): void {
    const inode = statSync(this.#path).ino;
    this.#database
      .query("INSERT OR REPLACE INTO reader VALUES (?, ?, ?, ?)")
      .run(this.#name, inode, end, readTail(this.#path, end));
  }
}
