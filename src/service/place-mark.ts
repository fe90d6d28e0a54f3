import { readFileSync, writeFileSync } from "node:fs";
import type { Microseconds } from "./records.ts";

/** How far behind the database the mark may be, in milliseconds: a write for every batch would be dear. */
const writeEvery = 1000;

/**
 * A file beside the database that holds the last place that was given out. A copy of the database that is put back
 * gives itself away: the mark has seen rows that it lacks. The mark is written after the rows, so it never runs ahead.
 */
export function placeMark(path: string): {
  /** 0 where there is none, or one that cannot be read. */
  read(): Microseconds;
  write(place: Microseconds): void;
  /** Writes, unless it has just done so. */
  advance(place: Microseconds): void;
} {
  let written = 0;
  const write = (place: Microseconds): void => {
    try {
      writeFileSync(path, `${place}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not undo what the database has taken: the next mark may be written.
    }
  };
  return {
    read() {
      try {
        const text = readFileSync(path, "utf8").trim();
        return /^\d{1,16}$/.test(text) ? Number(text) : 0;
      } catch {
        return 0;
      }
    },
    write,
    advance(place) {
      const at = performance.now();
      if (at - written < writeEvery) return;
      written = at;
      write(place);
    },
  };
}
