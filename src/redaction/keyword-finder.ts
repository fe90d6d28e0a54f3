/**
 * Finds all keywords in one pass, in any case (Aho and Corasick's automaton as one table). What stands at a state is
 * looked up by its number; most bytes lead to a state where nothing does.
 */
export interface KeywordFinder {
  readonly classOf: Uint8Array;
  readonly next: Int32Array;
  readonly width: number;
  /** For each state the keywords that end there, by their index; undefined at most of them. */
  readonly endings: readonly (readonly number[] | undefined)[];
  /** 1 at states where a keyword ends. */
  readonly ends: Uint8Array;
}

const fold = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

/** Each byte that occurs in a keyword gets a class; all others share class 0. */
function classify(keywords: readonly Uint8Array[]): { classOf: Uint8Array; width: number } {
  const classOf = new Uint8Array(256);
  let width = 1;
  for (const keyword of keywords) {
    for (const byte of keyword) {
      const folded = fold(byte);
      if (classOf[folded] !== 0) continue;
      classOf[folded] = width++;
    }
  }
  for (let byte = 0x41; byte <= 0x5a; byte++) classOf[byte] = classOf[byte + 0x20] ?? 0;
  return { classOf, width };
}

export function createKeywordFinder(keywords: readonly Uint8Array[]): KeywordFinder {
  const { classOf, width } = classify(keywords);
  const most = keywords.reduce((sum, { length }) => sum + length, 1);
  const next = new Int32Array(most * width);
  const endings: (number[] | undefined)[] = [undefined];
  let states = 1;
  for (const [index, keyword] of keywords.entries()) {
    let state = 0;
    for (const byte of keyword) {
      const edge = state * width + (classOf[byte] ?? 0);
      if (next[edge] === 0) {
        next[edge] = states++;
        endings.push(undefined);
      }
      state = next[edge] ?? 0;
    }
    (endings[state] ??= []).push(index);
  }
  followFailures({ next, width, states, endings });
  const ends = new Uint8Array(states);
  for (let state = 0; state < states; state++) if (endings[state] !== undefined) ends[state] = 1;
  return { classOf, next: next.subarray(0, states * width), width, endings, ends };
}

interface Automaton {
  readonly next: Int32Array;
  readonly width: number;
  readonly states: number;
  readonly endings: (number[] | undefined)[];
}

/** Fills in where each state goes on a byte that continues none of its keywords. */
function followFailures({ next, width, states, endings }: Automaton): void {
  const failure = new Int32Array(states);
  const queue: number[] = [];
  for (let symbol = 0; symbol < width; symbol++) {
    const child = next[symbol] ?? 0;
    if (child !== 0) queue.push(child);
  }
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] ?? 0;
    const shorter = failure[state] ?? 0;
    const inherited = endings[shorter];
    if (inherited !== undefined) endings[state] = [...(endings[state] ?? []), ...inherited];
    for (let symbol = 0; symbol < width; symbol++) {
      const edge = state * width + symbol;
      const child = next[edge] ?? 0;
      const otherwise = next[shorter * width + symbol] ?? 0;
      if (child === 0) next[edge] = otherwise;
      else {
        failure[child] = otherwise;
        queue.push(child);
      }
    }
  }
}
