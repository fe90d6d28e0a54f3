import { isWeak } from "./lines.ts";
import type { Authors } from "./follow.ts";

/** A text from which lines may have been moved or copied, and who wrote them. */
export interface MovedFrom {
  readonly lines: readonly string[];
  readonly authors: Authors;
  /** The text is gone from where it stood, or was named as what is copied: then all of it counts, however short. */
  readonly isCertain: boolean;
}

/** So many telling lines in a row are text that was moved and not written anew. */
const tellingLines = 3;
/** A line that stands so often in the sources says nothing of where a run begins. */
const mostPlaces = 16;

/**
 * Lines that seem new in a text but were moved or copied there keep their authors: runs of at least three telling
 * lines, and whole texts. `authors` are those of the text so far, `newAuthor` those of its new lines.
 */
export function keepMovedAuthors(
  text: {
    readonly lines: readonly string[];
    readonly authors: Authors;
    readonly newAuthor: number;
  },
  sources: readonly MovedFrom[],
): Authors {
  const { lines, newAuthor } = text;
  const authors = [...text.authors];
  if (sources.length === 0 || !authors.includes(newAuthor)) return authors;
  const whole = sources.find(
    (source) =>
      source.lines.length === lines.length && lines.every((l, at) => source.lines[at] === l),
  );
  if (whole !== undefined) return [...whole.authors];
  const places = indexLines(sources);
  let line = 0;
  while (line < lines.length) {
    if (authors[line] !== newAuthor) {
      line++;
      continue;
    }
    const run = longestRun({ lines, authors, newAuthor }, line, { sources, places });
    for (let step = 0; step < run.length; step++) {
      authors[line + step] = sources[run.source]?.authors[run.at + step] ?? newAuthor;
    }
    line += Math.max(run.length, 1);
  }
  return authors;
}

type Places = ReadonlyMap<string, readonly (readonly [source: number, at: number])[]>;

function indexLines(sources: readonly MovedFrom[]): Places {
  const places = new Map<string, [number, number][]>();
  for (const [source, { lines }] of sources.entries()) {
    for (const [at, line] of lines.entries()) {
      const known = places.get(line);
      if (known === undefined) places.set(line, [[source, at]]);
      else if (known.length <= mostPlaces) known.push([source, at]);
    }
  }
  return places;
}

function longestRun(
  { lines, authors, newAuthor }: { lines: readonly string[]; authors: Authors; newAuthor: number },
  start: number,
  { sources, places }: { sources: readonly MovedFrom[]; places: Places },
): { source: number; at: number; length: number } {
  let best = { source: 0, at: 0, length: 0 };
  const candidates = places.get(lines[start] ?? "") ?? [];
  if (candidates.length > mostPlaces) return best;
  for (const [source, at] of candidates) {
    const from = sources[source];
    if (from === undefined) continue;
    let length = 0;
    let telling = 0;
    while (
      start + length < lines.length &&
      authors[start + length] === newAuthor &&
      from.lines[at + length] === lines[start + length]
    ) {
      if (!isWeak(lines[start + length] ?? "")) telling++;
      length++;
    }
    const isWhole = from.isCertain && at === 0 && length === from.lines.length;
    if ((telling >= tellingLines || isWhole) && length > best.length) best = { source, at, length };
  }
  return best;
}
