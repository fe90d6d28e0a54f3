import type { Replacement } from "../schema/agent-event.ts";
import type { Authored } from "./authored.ts";
import { followEdit } from "./follow-formatted.ts";
import { nobody } from "./follow.ts";
import { normalizeText, splitLines } from "./lines.ts";

/** A piece of text put in the place of another, by characters of the text before that replacement. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** The places that a replacement takes: the first one, or all; none where the text has it nowhere. */
export function findSplices(
  text: string,
  { oldText, newText, replaceAll, at: reported }: Replacement,
): Splice[] {
  const sought = normalizeText(oldText);
  const put = normalizeText(newText);
  const place = reported === undefined ? undefined : placeIn(text, reported);
  if (place !== undefined && text.startsWith(sought, place)) {
    const end = place + sought.length;
    const isLine = put === "" && sought !== "" && text[end] === "\n" && reported?.column === 1;
    return [{ start: place, end: isLine ? end + 1 : end, newText: put }];
  }
  if (sought === "") return text === "" ? [{ start: 0, end: 0, newText: put }] : [];
  // As agents do it: text that is removed takes the line break behind it along.
  const takesBreak = put === "" && !sought.endsWith("\n") && text.includes(`${sought}\n`);
  const needle = takesBreak ? `${sought}\n` : sought;
  const splices: Splice[] = [];
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
    splices.push({ start: at, end: at + needle.length, newText: put });
    if (!replaceAll) break;
  }
  return splices;
}

/**
 * All replacements of an edit at once, where each tells the line at which it begins and the text stands there; undefined
 * otherwise. Forward on the text before the edit, or back on the text after it. One walk, however many there are.
 */
export function placedSplices(
  text: string,
  replacements: readonly Replacement[],
  direction: "forward" | "back",
): Splice[] | undefined {
  const splices: Splice[] = [];
  let line = 1;
  let start = 0;
  let grown = 0;
  for (const { oldText, newText, replaceAll, at } of replacements) {
    if (at === undefined || at.column !== 1 || replaceAll) return undefined;
    const [old, put] = [normalizeText(oldText), normalizeText(newText)];
    const [sought, other] = direction === "forward" ? [old, put] : [put, old];
    const target = direction === "forward" ? at.line - grown : at.line;
    if (target < line) return undefined;
    for (; line < target; line++) {
      const end = text.indexOf("\n", start);
      if (end < 0) return undefined;
      start = end + 1;
    }
    if (!text.startsWith(sought, start) || start < (splices.at(-1)?.end ?? 0)) return undefined;
    const end = start + sought.length;
    // Whole lines go, and come, with their line break.
    const takesBreak = other === "" && sought !== "" && text[end] === "\n";
    const bringsBreak = sought === "" && other !== "" && !other.endsWith("\n");
    splices.push({
      start,
      end: takesBreak ? end + 1 : end,
      newText: bringsBreak ? `${other}\n` : other,
    });
    grown += linesIn(put) - linesIn(old);
  }
  return splices.length === 0 ? undefined : splices;
}

function linesIn(text: string): number {
  return text === "" ? 0 : splitLines(text).length;
}

/** The place of a reported line and column in a text; undefined where the text has no such place. */
export function placeIn(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): number | undefined {
  let start = 0;
  for (let count = 1; count < line; count++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  const place = start + column - 1;
  return place <= text.length ? place : undefined;
}

export function spliced(text: string, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, newText } of splices) {
    parts.push(text.slice(at, start), newText);
    at = end;
  }
  return parts.join("") + text.slice(at);
}

/** Lines that the new text only repeats from the old keep their author; a line changed within is the agent's. */
export function spliceAuthors(old: Authored, splices: readonly Splice[], author: number): Authored {
  const text = spliced(old.text, splices);
  const before = splitLines(old.text);
  const after = splitLines(text);
  const authors: number[] = [];
  let line = 0;
  let grown = 0;
  const oldLine = lineCounter(old.text);
  const newLine = lineCounter(text);
  const regions = splices.map(({ start, end, newText }) => {
    const newEnd = start + grown + newText.length;
    const region = {
      from: oldLine(start),
      to: Math.min(before.length, oldLine(end) + (endsLine(old.text, end) ? 0 : 1)),
      newTo: Math.min(after.length, newLine(newEnd) + (endsLine(text, newEnd) ? 0 : 1)),
    };
    grown += newText.length - (end - start);
    return region;
  });
  for (const { from, to, newTo } of joinRegions(regions)) {
    while (line < from) authors.push(old.authors[line++] ?? nobody);
    const change = {
      before: before.slice(from, to),
      authors: old.authors.slice(from, to),
      after: after.slice(authors.length, newTo),
      newAuthor: author,
    };
    for (const found of followEdit(change)) authors.push(found);
    line = to;
  }
  while (line < before.length) authors.push(old.authors[line++] ?? nobody);
  return { text, authors };
}

interface Region {
  readonly from: number;
  readonly to: number;
  readonly newTo: number;
}

/** Splices on one line are one region. */
function joinRegions(regions: readonly Region[]): Region[] {
  const joined: Region[] = [];
  for (const region of regions) {
    const last = joined.at(-1);
    if (last !== undefined && region.from < last.to) {
      joined[joined.length - 1] = { from: last.from, to: region.to, newTo: region.newTo };
    } else joined.push(region);
  }
  return joined;
}

/** Whether nothing of a line stands before this place: the place belongs to the end of the line above. */
function endsLine(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === "\n";
}

/** Tells how many line breaks stand before a place. Places are asked for in order, so that each break is counted once. */
function lineCounter(text: string): (at: number) => number {
  let line = 0;
  let next = text.indexOf("\n");
  return (at) => {
    while (next >= 0 && next < at) {
      line++;
      next = text.indexOf("\n", next + 1);
    }
    return line;
  };
}
