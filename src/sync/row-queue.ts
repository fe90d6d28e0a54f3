import type { Candidate } from "../schema/exchange.ts";
import { type BatchLimits, endOfBatch } from "./cut-batches.ts";

/** The rows of one resource that are to be sent. They are found while the first of them are on their way already. */
export interface RowQueue {
  /** All rows that were found so far, also those that do not go. */
  readonly found: readonly Candidate[];
  /** How many go; undefined until all are found. */
  readonly total: number | undefined;
  /** Whether at least so many go. */
  holds(count: number): boolean;
  /** The next batch; undefined where none is left. */
  next(limits: BatchLimits): readonly Candidate[] | undefined;
  /** Looks for more as long as this has not come. */
  findUntil<T>(awaited: Promise<T>): Promise<T>;
}

export function rowQueue(
  stretches: Iterable<readonly Candidate[]>,
  goes: (row: Candidate) => boolean = () => true,
): RowQueue {
  const source = stretches[Symbol.iterator]();
  const found: Candidate[] = [];
  const going: Candidate[] = [];
  let isWhole = false;
  let start = 0;

  function findMore(): boolean {
    const { done, value } = isWhole ? { done: true, value: undefined } : source.next();
    isWhole = done === true;
    for (const row of value ?? []) {
      found.push(row);
      if (goes(row)) going.push(row);
    }
    return !isWhole;
  }

  return {
    found,
    get total() {
      return isWhole ? going.length : undefined;
    },
    holds(count) {
      while (going.length < count && findMore());
      return going.length >= count;
    },
    next(limits) {
      let end = endOfBatch(going, start, limits);
      while (end === going.length && findMore()) end = endOfBatch(going, start, limits);
      if (end === start) return undefined;
      const batch = going.slice(start, end);
      start = end;
      return batch;
    },
    async findUntil(awaited) {
      let isHere = false;
      const noted = awaited.finally(() => (isHere = true));
      noted.catch(() => {});
      while (!isHere && findMore()) await new Promise((resolve) => setImmediate(resolve));
      return noted;
    },
  };
}
