import { type Match, matchEarliest, matchLines } from "./diff.ts";
import { type Authors, type Change, followMatches, nobody } from "./follow.ts";
import { isWeak } from "./lines.ts";
import { type Token, bare, isTelling, squeeze, tokensOf } from "./words.ts";

/**
 * As `followAuthors`, where a program may have re-spaced or re-wrapped the text as well: a line that differs in white
 * space alone keeps its author, and so does one whose words all come, in their order, from lines of one author that
 * lost none of theirs. Commas, quotes and brackets alone make nobody an author.
 */
export function followFormatted(change: Change): Authors {
  const matches = matchLines(change.before, change.after);
  const gaps = gapsOf(change, matches);
  if (!gaps.some(isReplaced)) return followMatches(change, matches);
  if (!gaps.some((gap) => isRespaced(change, gap))) return followWords(change, matches, change);
  const squeezed = {
    ...change,
    before: change.before.map(squeeze),
    after: change.after.map(squeeze),
  };
  return followWords(squeezed, matchLines(squeezed.before, squeezed.after), change);
}

/** Lines between two matches, on both sides; ends are exclusive. */
interface Gap {
  readonly before: readonly [from: number, to: number];
  readonly after: readonly [from: number, to: number];
}

function gapsOf({ before, after }: Change, matches: readonly Match[]): Gap[] {
  const end = { before: before.length, after: after.length, length: 0 };
  return [...matches, end].map((match, index) => {
    const last = matches[index - 1] ?? { before: 0, after: 0, length: 0 };
    return {
      before: [last.before + last.length, match.before],
      after: [last.after + last.length, match.after],
    };
  });
}

function isReplaced({ before, after }: Gap): boolean {
  return before[1] > before[0] && after[1] > after[0];
}

/** Whether a telling line stands on both sides of a gap and differs only in what formatters put in and take out. */
function isRespaced({ before, after }: Change, gap: Gap): boolean {
  if (!isReplaced(gap)) return false;
  const bareOf = (lines: readonly string[]): string[] => lines.filter(isTelling).map(bare);
  const old = new Set(bareOf(before.slice(...gap.before)));
  return bareOf(after.slice(...gap.after)).some((line) => old.has(line));
}

/**
 * Who wrote the lines of a stretch that an agent's edit put in the place of another: what it only repeats, re-spaces or
 * re-wraps is whose it was, the earliest of equal lines first.
 */
export function followEdit(change: Change): number[] {
  const { before, after, authors, newAuthor } = change;
  const matches = matchEarliest(before, after);
  for (const gap of gapsOf(change, matches).filter(isReplaced)) {
    const [from, to] = [gap.before[0], gap.after[0]];
    const again = matchEarliest(
      before.slice(...gap.before).map(squeeze),
      after.slice(...gap.after).map(squeeze),
    );
    matches.push(
      ...again.map((match) => ({ ...match, before: from + match.before, after: to + match.after })),
    );
  }
  matches.sort((one, other) => one.after - other.after);
  const result = Array<number>(after.length).fill(newAuthor);
  for (const match of matches) {
    for (let step = 0; step < match.length; step++) {
      result[match.after + step] = authors[match.before + step] ?? nobody;
    }
  }
  const gaps = gapsOf(change, matches);
  const explained = gaps.map(() => false);
  for (const region of regionsOf(gaps, matches, change)) {
    if (sizeOf(region) > editedLines) continue;
    settleRegion(change, region, { result, explained });
  }
  return result;
}

function followWords(change: Change, matches: readonly Match[], texts: Change): Authors {
  const gaps = gapsOf(change, matches);
  return followMatches(change, matches, (result) => {
    const explained = gaps.map(() => false);
    for (const region of regionsOf(gaps, matches, texts))
      settleRegion(texts, region, { result, explained });
    return explained;
  });
}

/** A stretch between two telling lines that stand on both sides, and the gaps within it. */
interface Region extends Gap {
  readonly gaps: readonly (Gap & { readonly index: number })[];
}

/** Common lines are often paired wrongly by line; words are compared across them. */
function regionsOf(gaps: readonly Gap[], matches: readonly Match[], { after }: Change): Region[] {
  const regions: Region[] = [];
  let open: Region | undefined;
  for (const [index, gap] of gaps.entries()) {
    const above = matches[index - 1];
    const isApart =
      above === undefined ||
      above.length > 20 ||
      after.slice(above.after, above.after + above.length).some((line) => !isWeak(line));
    if (open === undefined || isApart) {
      if (open !== undefined) regions.push(open);
      open = { ...gap, gaps: [{ ...gap, index }] };
    } else {
      open = {
        before: [open.before[0], gap.before[1]],
        after: [open.after[0], gap.after[1]],
        gaps: [...open.gaps, { ...gap, index }],
      };
    }
  }
  if (open !== undefined) regions.push(open);
  return regions.filter((region) => isReplaced(region) && sizeOf(region) <= comparedLines);
}

/** Beyond this many lines on both sides, words are not compared: a hook has no time for it. */
const comparedLines = 10_000;
/** Within an edit of an agent's, which is one of many. */
const editedLines = 1_000;

function sizeOf({ before, after }: Gap): number {
  return before[1] - before[0] + after[1] - after[0];
}

/** Which words of a region came from where. Lines are counted from the region's first. */
interface Origin {
  /** Of each new line the old lines that its words came from, word by word; undefined where one came from nowhere. */
  readonly sources: readonly (readonly number[] | undefined)[];
  /** Of each new line the old lines that its brackets came from. */
  readonly brackets: readonly (readonly number[] | undefined)[];
  /** Whether an old line's words are all there still. */
  readonly isWhole: readonly boolean[];
}

function originOf(before: readonly string[], after: readonly string[]): Origin {
  const old = tokensOf(before);
  const now = tokensOf(after);
  const pairs = new Map<number, number>();
  const kept = new Set<number>();
  const runs = matchLines(
    old.map(({ text }) => text),
    now.map(({ text }) => text),
  );
  for (const run of runs) {
    for (let offset = 0; offset < run.length; offset++) {
      pairs.set(run.after + offset, run.before + offset);
      kept.add(run.before + offset);
    }
  }
  const isWhole = before.map(() => true);
  for (const [index, { line, isBracket }] of old.entries()) {
    if (!isBracket && !kept.has(index)) isWhole[line] = false;
  }
  const collect = (wanted: (token: Token) => boolean): (number[] | undefined)[] => {
    const found: (number[] | undefined)[] = after.map(() => []);
    for (const [index, token] of now.entries()) {
      if (!wanted(token)) continue;
      const source = old[pairs.get(index) ?? -1]?.line;
      if (source === undefined) found[token.line] = undefined;
      else found[token.line]?.push(source);
    }
    return found;
  };
  return {
    sources: collect(({ isBracket }) => !isBracket),
    brackets: collect(({ isBracket }) => isBracket),
    isWhole,
  };
}

/**
 * Old lines that came apart or together beside words that came from nowhere: a person may have written those into the
 * line before a program wrapped it, and then all of it is the person's.
 */
function mixedLines(
  oldLines: readonly string[],
  newLines: readonly string[],
  sources: Origin["sources"],
): Set<number> {
  const places = new Map<number, number[]>();
  for (const [line, from] of sources.entries()) {
    for (const old of new Set(from)) places.set(old, [...(places.get(old) ?? []), line]);
  }
  const isForeign = (line: number): boolean =>
    line < sources.length && line >= 0 && sources[line] === undefined;
  const mixed = new Set<number>();
  for (const [old, at] of places) {
    const [first = 0, last = first] = [at[0], at.at(-1)];
    if (at.length === 1 && bare(oldLines[old] ?? "") === bare(newLines[first] ?? "")) continue;
    for (let line = first - 1; line <= last + 1; line++) if (isForeign(line)) mixed.add(old);
  }
  return mixed;
}

function settleRegion(
  { before, after, authors, newAuthor }: Change,
  { before: old, after: now, gaps }: Region,
  { result, explained }: { result: number[]; explained: boolean[] },
): void {
  const oldLines = before.slice(...old);
  const newLines = after.slice(...now);
  const { sources, brackets, isWhole } = originOf(oldLines, newLines);
  const isMixed = mixedLines(oldLines, newLines, sources);
  const carried = sources.map((from) =>
    from !== undefined && from.every((line) => isWhole[line] === true && !isMixed.has(line))
      ? from
      : undefined,
  );
  const authorOf = (line: number): number => authors[old[0] + line] ?? nobody;
  // Of a person's changes all of a line that came apart is his; of an agent's only the words that he put there.
  const pieces =
    newAuthor === nobody ? new Map<number, number>() : piecesOf(oldLines, newLines, sources);
  const apart = new Set(pieces.values());
  // Old lines whose words came through; their brackets may stand alone now.
  const told = new Set<number>();
  for (const [line, from] of carried.entries()) {
    if (from !== undefined && isTelling(newLines[line] ?? "")) for (const at of from) told.add(at);
  }
  for (const { before: gone, after: come, index } of gaps) {
    const range = (span: readonly [number, number], start: number): number[] =>
      Array.from({ length: span[1] - span[0] }, (_, offset) => span[0] + offset - start);
    const fromLines = range(gone, old[0]);
    const toLines = range(come, now[0]);
    for (const line of toLines) {
      const from = carried[line];
      const text = newLines[line] ?? "";
      const [bracket] = text.trim() === "" || isTelling(text) ? [] : (brackets[line] ?? []);
      const isApart = bracket !== undefined && apart.has(bracket);
      const piece = isApart ? bracket : from === undefined ? pieces.get(line) : undefined;
      if (piece !== undefined) result[now[0] + line] = authorOf(piece);
      if (from === undefined || text.trim() === "") continue;
      const isOwn = isTelling(text);
      const all = isOwn ? from : [...from, ...(brackets[line] ?? [nobody])];
      if (all.length === 0 || (!isOwn && !all.every((at) => told.has(at)))) continue;
      result[now[0] + line] = oneAuthor(all.map(authorOf));
    }
    explained[index] =
      fromLines.length > 0 &&
      fromLines.every((line) => isWhole[line] === true) &&
      toLines.every((line) => carried[line] !== undefined && newLines[line]?.trim() !== "") &&
      toLines.every(
        (line) => isTelling(newLines[line] ?? "") || result[now[0] + line] !== newAuthor,
      );
  }
}

/**
 * New lines that are pieces of one old line, which came apart into several of them: half of its words at least stand in
 * them and nothing else does. With the old line each.
 */
function piecesOf(
  oldLines: readonly string[],
  newLines: readonly string[],
  sources: Origin["sources"],
): Map<number, number> {
  const places = new Map<number, number[]>();
  for (const [line, from = []] of sources.entries()) {
    const [old] = from;
    const isPiece = old !== undefined && from.every((one) => one === old);
    if (isPiece && isTelling(newLines[line] ?? ""))
      places.set(old, [...(places.get(old) ?? []), line]);
  }
  const pieces = new Map<number, number>();
  for (const [old, lines] of places) {
    const words = lines.reduce((sum, line) => sum + (sources[line]?.length ?? 0), 0);
    const all = tokensOf([oldLines[old] ?? ""]).filter(({ isBracket }) => !isBracket).length;
    if (lines.length > 1 && words * 2 >= all) for (const line of lines) pieces.set(line, old);
  }
  return pieces;
}

/** The author that all words have; of several agents the later one, where most words are his; else nobody. */
function oneAuthor(authors: readonly number[]): number {
  const latest = Math.max(...authors);
  if (authors.every((author) => author === latest)) return latest;
  if (authors.some((author) => author < 0)) return nobody;
  return authors.filter((author) => author === latest).length * 2 > authors.length
    ? latest
    : nobody;
}
