import type { LeftText, PendingClaim, PendingFile } from "../schema/pending.ts";
import { type Authored, foundLater } from "./authored.ts";
import { type Authors, followAuthors, nobody } from "./follow.ts";
import { isWeak, splitLines } from "./lines.ts";

/** How many texts that were left are remembered of a file, and how long each may be, in characters. */
const mostTexts = 4;
const mostCharacters = 512 * 1024;

/** A text, who wrote its lines, and the claims that these are places in. */
export interface FoundAgain extends Authored {
  readonly claims: readonly PendingClaim[];
}

/**
 * A pending file as found later. What is new is nobody's, unless it is text that was left before and came back: a stash
 * that was popped, a branch that was checked out again, a file restored. Then each run of lines that an agent wrote
 * counts which is back as a whole, between the neighbours that it had.
 */
export function foundAgain(
  pending: PendingFile,
  text: string,
  { byCommand = false }: { readonly byCommand?: boolean } = {},
): FoundAgain {
  const found = foundLater({ text: pending.text, authors: spread(pending.authors) }, text);
  const authors = [...found.authors];
  const claims = [...pending.claims];
  if (found.text === pending.text || (pending.left ?? []).length === 0) {
    return { text, authors, claims };
  }
  const stood = followAuthors({
    before: splitLines(pending.text),
    authors: splitLines(pending.text).map(() => 0),
    after: splitLines(text),
    newAuthor: nobody,
  });
  for (const left of pending.left ?? []) {
    if (!authors.includes(nobody)) break;
    if (left.taken === true && !byCommand) continue;
    const own = spread(left.authors);
    for (const { at, back } of cameBack(left, own, { text, authors, stood })) {
      authors[back] = placeOf(claims, left.claims[own[at] ?? nobody]);
    }
  }
  return { text, authors, claims };
}

function spread(runs: PendingFile["authors"]): number[] {
  return runs.flatMap(([count, claim]) => Array<number>(count).fill(claim));
}

function placeOf(claims: PendingClaim[], claim: PendingClaim | undefined): number {
  if (claim === undefined) return nobody;
  const known = claims.findIndex(({ traceId }) => traceId === claim.traceId);
  return known < 0 ? claims.push(claim) - 1 : known;
}

/** The lines of whole runs of agents that stand in a text again where nobody is known to have written them. */
function cameBack(
  left: LeftText,
  own: readonly number[],
  { text, authors, stood }: Authored & { readonly stood: Authors },
): { at: number; back: number }[] {
  const before = splitLines(left.text);
  const after = splitLines(text);
  const marks = before.map((_, at) => at);
  // Each line by its own number: where lines could be paired in several ways, none of them counts.
  const pairs = followAuthors({ before, authors: marks, after, newAuthor: nobody });
  const places = new Map<number, number>();
  for (const [place, at] of pairs.entries()) if (at !== nobody) places.set(at, place);
  const found: { at: number; back: number }[] = [];
  for (let start = 0; start < own.length; start++) {
    if (own[start] === nobody) continue;
    let end = start;
    while (end < own.length && own[end] !== nobody) end++;
    const back = places.get(start) ?? nobody;
    const run = Array.from({ length: end - start }, (_, step) => ({
      at: start + step,
      back: back + step,
    }));
    const isWhole = back !== nobody && run.every((line) => places.get(line.at) === line.back);
    const isTelling = run.some(({ at }) => !isWeak(before[at] ?? ""));
    // What comes back comes at once: of a run that partly stood there a person has typed the rest.
    const isFree = run.every(
      (line) => authors[line.back] === nobody && stood[line.back] === nobody,
    );
    const above =
      start === 0 ? back === 0 || after.length > run.length : isNear(places, start - 1, back - 1);
    const below = end === own.length ? true : isNear(places, end, back + run.length);
    if (isWhole && isTelling && isFree && above && below) found.push(...run);
    start = end;
  }
  return found;
}

/** Whether a neighbour stands where it stood, or has gone: another line may have been put between since. */
function isNear(places: ReadonlyMap<number, number>, line: number, expected: number): boolean {
  const place = places.get(line);
  return place === undefined || place === expected || Math.abs(place - expected) <= 3;
}

const countClaimed = (authors: readonly number[]): number =>
  authors.reduce((sum, author) => sum + (author === nobody ? 0 : 1), 0);

/**
 * The texts to remember of a file of which another text was found: the one it had, where claims went with it. A command
 * may take a whole file away and another one bring it back.
 */
export function leftBehind(
  pending: PendingFile,
  found: Authored,
  { byCommand = false }: { readonly byCommand?: boolean } = {},
): readonly LeftText[] {
  const known = pending.left ?? [];
  const { text, authors, claims } = pending;
  // Git takes all of it away at once. Where some of it stays, or the whole file goes, a person has deleted the rest.
  const lost = countClaimed(spread(authors)) > 0 && countClaimed(found.authors) === 0;
  const isGone = found.text === "";
  if (!lost || (isGone && !byCommand) || text.length > mostCharacters) return known;
  const others = known.filter((left) => left.text !== text);
  const taken = isGone ? { taken: true as const } : {};
  return [{ text, authors, claims, ...taken }, ...others].slice(0, mostTexts);
}

/**
 * What a pending file is once a commit took it: nothing, unless lines of an agent that it had, or that were left
 * before, are in neither the commit nor the work tree. They may come back. `text` is what the commit has.
 */
export function afterCommit(
  pending: PendingFile,
  committed: string | undefined,
  onDisk: string | undefined,
): PendingFile | undefined {
  if (committed === undefined && onDisk === undefined) return undefined;
  const text = onDisk ?? committed ?? "";
  const found = foundAgain(pending, text);
  const ids = new Set(found.authors.flatMap((author) => found.claims[author]?.traceId ?? []));
  const left = leftBehind(pending, found).filter(({ authors, claims }) =>
    authors.some(([, claim]) => claim !== nobody && !ids.has(claims[claim]?.traceId ?? "")),
  );
  if (left.length === 0) return undefined;
  const lines = splitLines(text).length;
  return {
    version: 1,
    path: pending.path,
    text,
    authors: lines === 0 ? [] : [[lines, nobody]],
    claims: [],
    toolUses: pending.toolUses,
    left,
  };
}
