import { type Match, matchLines } from "./diff.ts";
import { isWeak } from "./lines.ts";

/** Nobody we know of: a person, or a time before we looked. */
export const nobody = -1;

/**
 * Nobody we know of, and the line stands in the commit that the text goes on from: whatever an equal line beside it is,
 * git can tell which of the two is new.
 */
export const committed = -2;

/** Who wrote each line: `nobody`, or a place in a list of claims, where later ones stand further back. */
export type Authors = readonly number[];

export interface Change {
  readonly before: readonly string[];
  readonly authors: Authors;
  readonly after: readonly string[];
  /** Who wrote what is new in `after`. */
  readonly newAuthor: number;
}

/**
 * Who wrote the lines of a text, when it is known who wrote the text before. Equal lines near a change can often be
 * paired in more than one way; a line is given to an agent only where every shortest way of telling the change
 * agrees that an agent wrote it.
 */
export function followAuthors(change: Change): Authors {
  return followMatches(change, matchLines(change.before, change.after));
}

/** A look at the lines as they are settled so far; gives each gap before, between and behind the matches that it explains. */
export type Explain = (result: number[]) => readonly boolean[];

/** As `followAuthors`, by a pairing of lines that is known already. `explain` may settle lines that pair with none. */
export function followMatches(
  change: Change,
  matches: readonly Match[],
  explain: Explain = () => [],
): Authors {
  const { before, after, authors, newAuthor } = change;
  const result = Array<number>(after.length).fill(newAuthor);
  if (matches.length === 0) {
    explain(result);
    return result;
  }
  for (const match of matches) {
    for (let offset = 0; offset < match.length; offset++) {
      result[match.after + offset] = authors[match.before + offset] ?? nobody;
    }
  }
  if (matches.length === 1 && before.length === after.length && matches[0]?.length === after.length)
    return result;
  let from = { before: 0, after: 0 };
  for (const to of [...certainPairs(change, matches), endOf(change)]) {
    resolveSegment(change, from, to, result);
    from = { before: to.before + 1, after: to.after + 1 };
  }
  const explained = explain(result);
  return newAuthor === nobody ? dropWeakEdges(change, { matches, explained }, result) : result;
}

interface Place {
  readonly before: number;
  readonly after: number;
}

function endOf({ before, after }: Change): Place {
  return { before: before.length, after: after.length };
}

/** Matched lines that stand once in either text: there is nothing else that they could be paired with. */
function certainPairs({ before, after }: Change, matches: readonly Match[]): Place[] {
  const once = (lines: readonly string[]): Set<string> => {
    const seen = new Set<string>();
    const repeated = new Set<string>();
    for (const line of lines) (seen.has(line) ? repeated : seen).add(line);
    return seen.difference(repeated);
  };
  const unique = once(before).intersection(once(after));
  return matches.flatMap((match) =>
    Array.from({ length: match.length }, (_, offset) => ({
      before: match.before + offset,
      after: match.after + offset,
    })).filter((place) => unique.has(before[place.before] ?? "")),
  );
}

/** Above this many cells the table of all shortest ways is not made, and only what cannot be confused is claimed. */
const tableCells = 1_000_000;

/** Settles the lines between two certain pairs. */
function resolveSegment(change: Change, from: Place, to: Place, result: number[]): void {
  const before = change.before.slice(from.before, to.before);
  const after = change.after.slice(from.after, to.after);
  if (before.length === 0 || after.length === 0) return;
  if (before.length === after.length && before.every((line, index) => line === after[index]))
    return;
  // Lines that only one side has pair with nothing, whatever way is taken.
  const inBefore = new Set(before);
  const inAfter = new Set(after);
  const kept = before.flatMap((line, index) => (inAfter.has(line) ? [index] : []));
  const found = after.flatMap((line, index) => (inBefore.has(line) ? [index] : []));
  if (found.length === 0) return;
  const segment = {
    before: kept.map((index) => before[index] ?? ""),
    authors: kept.map((index) => change.authors[from.before + index] ?? nobody),
    after: found.map((index) => after[index] ?? ""),
    newAuthor: change.newAuthor,
  };
  const settled =
    (kept.length + 1) * (found.length + 1) <= tableCells
      ? joinShortestWays(segment)
      : keepUnmistakable(
          segment,
          found.map((index) => result[from.after + index] ?? nobody),
        );
  for (const [place, author] of settled.entries()) {
    result[from.after + (found[place] ?? 0)] = author;
  }
}

/**
 * What two readings of a change agree on: an agent where both name one (the later of two), or one names a line that git
 * can tell from it; else nobody.
 */
function agree(one: number, other: number): number {
  return one === nobody || other === nobody ? nobody : Math.max(one, other);
}

/** The author of each line on which all shortest ways from `before` to `after` agree. */
function joinShortestWays({ before, after, authors, newAuthor }: Change): number[] {
  const width = after.length + 1;
  const head = new Int32Array((before.length + 1) * width);
  const tail = new Int32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => row * width + column;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      tail[at(i, j)] =
        before[i] === after[j]
          ? (tail[at(i + 1, j + 1)] ?? 0) + 1
          : Math.max(tail[at(i + 1, j)] ?? 0, tail[at(i, j + 1)] ?? 0);
    }
  }
  const longest = tail[0] ?? 0;
  const settled: (number | undefined)[] = Array<undefined>(after.length).fill(undefined);
  const settle = (line: number, author: number): void => {
    const known = settled[line];
    settled[line] = known === undefined ? author : agree(known, author);
  };
  for (let i = 0; i <= before.length; i++) {
    for (let j = 0; j <= after.length; j++) {
      const reached = Math.max(
        i > 0 ? (head[at(i - 1, j)] ?? 0) : 0,
        j > 0 ? (head[at(i, j - 1)] ?? 0) : 0,
        i > 0 && j > 0 && before[i - 1] === after[j - 1] ? (head[at(i - 1, j - 1)] ?? 0) + 1 : 0,
      );
      head[at(i, j)] = reached;
      if (j === after.length) continue;
      if (reached + (tail[at(i, j + 1)] ?? 0) === longest) settle(j, newAuthor);
      const pairs = i < before.length && before[i] === after[j];
      if (pairs && reached + 1 + (tail[at(i + 1, j + 1)] ?? 0) === longest) {
        settle(j, authors[i] ?? nobody);
      }
    }
  }
  return settled.map((author) => author ?? newAuthor);
}

/** Of a segment too large for the table: claims stay where all equal lines have them and none of the equal is new. */
function keepUnmistakable(segment: Change, primary: readonly number[]): number[] {
  const known = new Map<string, { author: number; surplus: number }>();
  for (const [index, line] of segment.before.entries()) {
    const author = segment.authors[index] ?? nobody;
    const entry = known.get(line);
    if (entry === undefined) known.set(line, { author, surplus: 1 });
    else known.set(line, { author: agree(entry.author, author), surplus: entry.surplus + 1 });
  }
  for (const line of segment.after) {
    const entry = known.get(line);
    if (entry !== undefined) entry.surplus--;
  }
  return segment.after.map((line, index) => {
    const entry = known.get(line);
    if (entry === undefined) return segment.newAuthor;
    return entry.surplus >= 0 ? agree(entry.author, primary[index] ?? nobody) : nobody;
  });
}

/** As many lines that come for as many others are no lines changed in place any more: another text stands there. */
const wholeRewriting = 4;

/** Lines that were written anew, between two matches. */
interface Rewriting {
  readonly deleted: number;
  readonly added: number;
}

/** Whether a rewriting may reach further than the diff says. */
function mayReach({ deleted, added }: Rewriting): boolean {
  const isInPlace = deleted === added && added < wholeRewriting;
  return deleted > 0 && added > 0 && !isInPlace;
}

/**
 * Common lines at the edge of a rewriting prove nothing: who retypes the end of a function types its bracket too,
 * and the diff finds it in both. A person's rewriting takes along the common lines that stand alone amid it, or
 * between lines that were added, and those that touch it where more or fewer lines came back than went, or many: there
 * it may reach further than the diff says. Rewritings with nothing but common lines between them are one.
 */
function dropWeakEdges(
  { before, after }: Change,
  { matches, explained }: { matches: readonly Match[]; explained: readonly boolean[] },
  result: number[],
): number[] {
  const gaps = [...matches, { before: before.length, after: after.length, length: 0 }].map(
    (match, index): Rewriting => {
      const last = matches[index - 1] ?? { before: 0, after: 0, length: 0 };
      // What a formatter did there is no rewriting.
      const written = explained[index] === true ? 0 : 1;
      return {
        deleted: written * (match.before - last.before - last.length),
        added: written * (match.after - last.after - last.length),
      };
    },
  );
  const weakFrom = (match: Match, step: 1 | -1): number => {
    const start = step === 1 ? match.after : match.after + match.length - 1;
    let count = 0;
    while (count < match.length && isWeak(after[start + count * step] ?? "")) count++;
    return count;
  };
  const tops = matches.map((match) => weakFrom(match, 1));
  const wholes = joinRewritings(gaps, (match) => tops[match] === matches[match]?.length);
  for (const [index, match] of matches.entries()) {
    const [above, below] = [gaps[index], gaps[index + 1]];
    const [wholeAbove, wholeBelow] = [wholes[index], wholes[index + 1]];
    if (above === undefined || below === undefined) continue;
    if (wholeAbove === undefined || wholeBelow === undefined) continue;
    const end = match.after + match.length;
    const changed = above.deleted + above.added > 0 && below.deleted + below.added > 0;
    const rewritten = above.added + below.added > 0;
    const top = tops[index] ?? 0;
    if (changed && rewritten && top === match.length) result.fill(nobody, match.after, end);
    if (mayReach(wholeAbove)) result.fill(nobody, match.after, match.after + top);
    if (mayReach(wholeBelow)) result.fill(nobody, end - weakFrom(match, -1), end);
  }
  return result;
}

/** Of each gap the rewriting that it is part of. `isWeakMatch` tells whether a match, which follows the gap of its number, is all common lines. */
function joinRewritings(
  gaps: readonly Rewriting[],
  isWeakMatch: (match: number) => boolean,
): Rewriting[] {
  const joined: Rewriting[] = [];
  for (let start = 0, end = 0; start < gaps.length; start = end) {
    let sum: Rewriting = { deleted: 0, added: 0 };
    do {
      const { deleted = 0, added = 0 } = gaps[end] ?? {};
      sum = { deleted: sum.deleted + deleted, added: sum.added + added };
    } while (isWeakMatch(end++) && end < gaps.length);
    for (let gap = start; gap < end; gap++) joined.push(sum);
  }
  return joined;
}
