import { followFormatted } from "./follow-formatted.ts";
import { type Authors, nobody } from "./follow.ts";
import { keepSortedAuthors } from "./keep-moved.ts";
import { splitLines } from "./lines.ts";

/** A text in the form of `normalizeText`, and who wrote each of its lines. */
export interface Authored {
  readonly text: string;
  readonly authors: Authors;
}

export function unclaimed(text: string): Authored {
  return { text, authors: Array<number>(splitLines(text).length).fill(nobody) };
}

/** The text as found later: what differs from what was known is a person's, but for what a program re-spaced or sorted. */
export function foundLater(known: Authored, text: string): Authored {
  if (known.text === text) return known;
  const before = { lines: splitLines(known.text), authors: known.authors };
  const lines = splitLines(text);
  const authors = followFormatted({
    before: before.lines,
    authors: before.authors,
    after: lines,
    newAuthor: nobody,
  });
  return { text, authors: keepSortedAuthors({ lines, authors }, before) };
}
