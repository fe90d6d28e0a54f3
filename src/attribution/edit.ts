import type { AgentEdit, Hunk, Replacement } from "../schema/agent-event.ts";
import { matchEarliest } from "./diff.ts";
import { type Authors, followAuthors, nobody } from "./follow.ts";
import { normalizeText, splitLines } from "./lines.ts";

/** A text in the form of `normalizeText`, and who wrote each of its lines. */
export interface Authored {
  readonly text: string;
  readonly authors: Authors;
}

export function unclaimed(text: string): Authored {
  return { text, authors: Array<number>(splitLines(text).length).fill(nobody) };
}

/** The text as found later: what differs from what was known is a person's, or a formatter's, who claims nothing. */
export function foundLater(known: Authored, text: string): Authored {
  if (known.text === text) return known;
  const authors = followAuthors({
    before: splitLines(known.text),
    authors: known.authors,
    after: splitLines(text),
    newAuthor: nobody,
  });
  return { text, authors };
}

/**
 * The file as it stands after an agent's edit, and who wrote each line. `known` is the file as the last event left
 * it, `text` what stands on the disk now. Between the two lie, in this order: what a person typed before the edit,
 * the edit, and what a formatter or a person did to it since.
 */
export function applyEdit(
  known: Authored | undefined,
  edit: AgentEdit,
  { text, author }: { text: string; author: number },
): Authored {
  const reported = applyPositions(known, edit, author);
  if (reported !== undefined) return foundLater(reported, text);
  const before = textBefore(known, edit, text);
  if (before === undefined) return foundLater(unclaimed(""), text);
  const old = known === undefined ? unclaimed(before) : foundLater(known, before);
  const after = textAfter(before, edit);
  if (after === undefined) return claimProposed(old, edit, { text, author });
  return foundLater({ text: after.text, authors: editAuthors(old, after, { edit, author }) }, text);
}

/**
 * A whole text of which only the positions of the change are reported, not what stood there before: the lines put there
 * are the agent's, all others are whose they were. Undefined where more, or less, is known.
 */
function applyPositions(
  known: Authored | undefined,
  { kind, textBefore, textAfter, hunks = [] }: AgentEdit,
  author: number,
): Authored | undefined {
  if (kind !== "write" || textBefore !== undefined || textAfter === undefined) return undefined;
  if (hunks.length === 0) return undefined;
  const text = normalizeText(textAfter);
  const authors = [...foundLater(known ?? unclaimed(""), text).authors];
  for (const { newStart, newLines, kinds } of hunks) {
    let line = newLines === 0 ? newStart : newStart - 1;
    for (const kind of kinds) {
      if (kind === "+") authors[line] = author;
      if (kind !== "-") line++;
    }
    if (line > splitLines(text).length) return undefined;
  }
  return { text, authors };
}

/** The text on which the edit was made: as reported, as we left it, or the text on the disk with the edit undone. */
function textBefore(
  known: Authored | undefined,
  edit: AgentEdit,
  text: string,
): string | undefined {
  if (edit.textBefore !== undefined) return normalizeText(edit.textBefore ?? "");
  if (known !== undefined && textAfter(known.text, edit)?.text === text) return known.text;
  if (edit.kind !== "replace") return known?.text ?? "";
  return undo(text, edit.replacements) ?? known?.text;
}

function undo(text: string, replacements: readonly Replacement[]): string | undefined {
  let result = text;
  for (const { oldText, newText, replaceAll } of replacements.toReversed()) {
    const sought = normalizeText(newText);
    const at = sought === "" ? -1 : result.indexOf(sought);
    // Text that stands there more than once says nothing about which of them is new.
    if (at < 0 || replaceAll || result.includes(sought, at + 1)) return undefined;
    result = result.slice(0, at) + normalizeText(oldText) + result.slice(at + sought.length);
  }
  return result;
}

/** A piece of text put in the place of another, by characters of the text before that replacement. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

interface After {
  readonly text: string;
  /** One list for each replacement, in order; undefined where the text was set as a whole. */
  readonly steps?: readonly (readonly Splice[])[];
}

/** The text after the edit as the agent means it; undefined where it cannot be told. */
function textAfter(before: string, edit: AgentEdit): After | undefined {
  if (edit.kind === "delete") return { text: "" };
  if (edit.kind !== "replace")
    return edit.textAfter === undefined ? undefined : { text: normalizeText(edit.textAfter) };
  const steps: Splice[][] = [];
  let text = before;
  for (const replacement of edit.replacements) {
    const splices = findSplices(text, replacement);
    if (splices.length === 0) return undefined;
    steps.push(splices);
    text = spliced(text, splices);
  }
  return { text, steps };
}

function findSplices(text: string, { oldText, newText, replaceAll }: Replacement): Splice[] {
  const sought = normalizeText(oldText);
  const put = normalizeText(newText);
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

function spliced(text: string, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, newText } of splices) {
    parts.push(text.slice(at, start), newText);
    at = end;
  }
  return parts.join("") + text.slice(at);
}

function editAuthors(
  old: Authored,
  after: After,
  { edit, author }: { edit: AgentEdit; author: number },
): Authors {
  const reported = authorsFromHunks(old, after.text, { hunks: edit.hunks ?? [], author });
  if (reported !== undefined) return reported;
  if (after.steps === undefined) {
    return followAuthors({
      before: splitLines(old.text),
      authors: old.authors,
      after: splitLines(after.text),
      newAuthor: author,
    });
  }
  let current = old;
  for (const splices of after.steps) current = spliceAuthors(current, splices, author);
  return current.authors;
}

/** By the positions that the agent reports, where they fit the two texts. */
function authorsFromHunks(
  old: Authored,
  text: string,
  { hunks, author }: { hunks: readonly Hunk[]; author: number },
): Authors | undefined {
  if (hunks.length === 0) return undefined;
  const before = splitLines(old.text);
  const after = splitLines(text);
  const authors: number[] = [];
  let line = 0;
  const keep = (): boolean => {
    if (line >= before.length || before[line] !== after[authors.length]) return false;
    authors.push(old.authors[line++] ?? nobody);
    return true;
  };
  for (const { oldStart, oldLines, kinds } of hunks) {
    const start = oldLines === 0 ? oldStart : oldStart - 1;
    while (line < start) if (!keep()) return undefined;
    for (const kind of kinds) {
      if (kind === "-") line++;
      else if (kind === "+") authors.push(author);
      else if (!keep()) return undefined;
    }
  }
  while (line < before.length) if (!keep()) return undefined;
  return authors.length === after.length ? authors : undefined;
}

/** Lines that the new text only repeats from the old keep their author; a line changed within is the agent's. */
function spliceAuthors(old: Authored, splices: readonly Splice[], author: number): Authored {
  const text = spliced(old.text, splices);
  const before = splitLines(old.text);
  const after = splitLines(text);
  const authors: number[] = [];
  let line = 0;
  let grown = 0;
  const regions = splices.map(({ start, end, newText }) => {
    const newEnd = start + grown + newText.length;
    const region = {
      from: lineOf(old.text, start),
      to: Math.min(before.length, lineOf(old.text, end) + (endsLine(old.text, end) ? 0 : 1)),
      newTo: Math.min(after.length, lineOf(text, newEnd) + (endsLine(text, newEnd) ? 0 : 1)),
    };
    grown += newText.length - (end - start);
    return region;
  });
  for (const { from, to, newTo } of joinRegions(regions)) {
    while (line < from) authors.push(old.authors[line++] ?? nobody);
    const start = authors.length;
    while (authors.length < newTo) authors.push(author);
    for (const match of matchEarliest(before.slice(from, to), after.slice(start, newTo))) {
      for (let offset = 0; offset < match.length; offset++) {
        authors[start + match.after + offset] = old.authors[from + match.before + offset] ?? nobody;
      }
    }
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

/** How many line breaks stand before this place. */
function lineOf(text: string, at: number): number {
  let line = 0;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1))
    line++;
  return line;
}

/** Where the edit's outcome cannot be computed: new lines that the agent proposed are its own. */
function claimProposed(
  old: Authored,
  edit: AgentEdit,
  { text, author }: { text: string; author: number },
): Authored {
  const proposed = new Set(
    [...edit.replacements.map(({ newText }) => newText), edit.textAfter ?? ""].flatMap((part) =>
      splitLines(normalizeText(part)),
    ),
  );
  const after = splitLines(text);
  const authors = followAuthors({
    before: splitLines(old.text),
    authors: old.authors,
    after,
    newAuthor: author,
  }).map((found, index) =>
    found === author && !proposed.has(after[index] ?? "") ? nobody : found,
  );
  return { text, authors };
}
