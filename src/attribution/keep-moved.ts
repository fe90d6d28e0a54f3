import { isWeak } from "./lines.ts";
import { type Authors, nobody } from "./follow.ts";
import { bare } from "./words.ts";

/** A text from which lines may have been moved or copied, and who wrote them. */
export interface MovedFrom {
  readonly lines: readonly string[];
  readonly authors: Authors;
  /** The text is gone from where it stood, or was named as what is copied: then all of it counts, however short. */
  readonly isCertain: boolean;
  /** It counts as a whole or not at all. */
  readonly isIndivisible?: boolean;
}

/** So many telling lines in a row are text that was moved and not written anew. */
const tellingLines = 3;
/** A line that stands so often in the sources says nothing of where a run begins. */
const mostPlaces = 16;

/**
 * Lines that seem new in a text but were moved or copied there keep their authors: runs of at least three telling
 * lines, and whole texts, also where they were re-spaced on the way. `authors` are those of the text so far, `newAuthor`
 * those of its new lines.
 */
export function keepMovedAuthors(
  text: {
    readonly lines: readonly string[];
    readonly authors: Authors;
    readonly newAuthor: number;
  },
  from: readonly MovedFrom[],
): Authors {
  const { newAuthor } = text;
  const authors = [...text.authors];
  if (from.length === 0 || !authors.includes(newAuthor)) return authors;
  const lines = text.lines.map(bare);
  const sources = from.map((source) => ({ ...source, lines: source.lines.map(bare) }));
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

/**
 * Telling lines that a text has no more often than before were only put in another order there, and keep their author.
 * Where equal lines had different authors, nobody is named.
 */
export function keepReorderedAuthors(
  text: {
    readonly lines: readonly string[];
    readonly authors: Authors;
    readonly newAuthor: number;
  },
  before: { readonly lines: readonly string[]; readonly authors: Authors },
): Authors {
  const { authors, newAuthor } = text;
  if (!authors.includes(newAuthor)) return authors;
  const lines = text.lines.map(bare);
  const known = new Map<string, { left: number; author: number }>();
  for (const [at, line] of before.lines.map(bare).entries()) {
    const author = before.authors[at] ?? nobody;
    const same = known.get(line);
    if (same === undefined) known.set(line, { left: 1, author });
    else known.set(line, { left: same.left + 1, author: same.author === author ? author : nobody });
  }
  for (const line of lines) {
    const same = known.get(line);
    if (same !== undefined) same.left--;
  }
  // Where nothing was added, common lines were not either.
  const isOrder = lines.every((line) => (known.get(line)?.left ?? -1) >= 0);
  return lines.map((line, at) => {
    const author = authors[at] ?? nobody;
    const isKept = author === newAuthor && (isOrder || !isWeak(line));
    const same = isKept ? known.get(line) : undefined;
    return same !== undefined && same.left >= 0 ? same.author : author;
  });
}

/**
 * Where a text has all its lines in another order, and no others, its telling lines keep their author: whoever sorts
 * imports or moves a line has not written it. Where anything else was changed beside, nobody is named.
 */
export function keepSortedAuthors(
  { lines, authors }: { readonly lines: readonly string[]; readonly authors: Authors },
  before: { readonly lines: readonly string[]; readonly authors: Authors },
): Authors {
  const claimed = (list: Authors): number => list.filter((author) => author !== nobody).length;
  const isLost = claimed(authors) < claimed(before.authors);
  if (!isLost || lines.length !== before.lines.length || !isSorted(lines, before.lines)) {
    return authors;
  }
  const sorted = keepReorderedAuthors({ lines, authors, newAuthor: nobody }, before);
  return sorted.map((author, at) => (isWeak(lines[at] ?? "") ? (authors[at] ?? nobody) : author));
}

function isSorted(lines: readonly string[], before: readonly string[]): boolean {
  const [one, other] = [lines, before].map((list) => list.map(bare).sort());
  return one?.every((line, at) => line === other?.[at]) === true;
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
    const isRun = telling >= tellingLines && from.isIndivisible !== true;
    if ((isRun || isWhole) && length > best.length) best = { source, at, length };
  }
  return best;
}
