import type { AgentEdit, Hunk, Replacement } from "../schema/agent-event.ts";
import { type Authored, foundLater, unclaimed } from "./authored.ts";
import { followEdit, followFormatted } from "./follow-formatted.ts";
import { type Authors, followAuthors, nobody } from "./follow.ts";
import { normalizeText, splitLines } from "./lines.ts";
import {
  type Splice,
  findSplices,
  placeIn,
  placedSplices,
  spliceAuthors,
  spliced,
} from "./splice.ts";

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
  const placed = placedSplices(text, replacements, "back");
  if (placed !== undefined) return spliced(text, placed);
  let result = text;
  for (const { oldText, newText, replaceAll, at: reported } of replacements.toReversed()) {
    const sought = normalizeText(newText);
    const place = reported === undefined ? undefined : placeIn(result, reported);
    if (place !== undefined && result.startsWith(sought, place)) {
      const old = normalizeText(oldText);
      // Lines that were taken out as a whole had a break behind them.
      const isLine = sought === "" && old !== "" && !old.endsWith("\n") && reported?.column === 1;
      result =
        result.slice(0, place) + old + (isLine ? "\n" : "") + result.slice(place + sought.length);
      continue;
    }
    const at = sought === "" ? -1 : result.indexOf(sought);
    // Text that stands there more than once says nothing about which of them is new.
    if (at < 0 || replaceAll || result.includes(sought, at + 1)) return undefined;
    result = result.slice(0, at) + normalizeText(oldText) + result.slice(at + sought.length);
  }
  return result;
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
  const placed = placedSplices(before, edit.replacements, "forward");
  if (placed !== undefined) return { text: spliced(before, placed), steps: [placed] };
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

function editAuthors(
  old: Authored,
  after: After,
  { edit, author }: { edit: AgentEdit; author: number },
): Authors {
  const reported = authorsFromHunks(old, after.text, { hunks: edit.hunks ?? [], author });
  if (reported !== undefined) return reported;
  if (after.steps === undefined) {
    return followFormatted({
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
  // What stands in the place of other lines may be those, re-spaced.
  let gap = { line: 0, added: 0 };
  const close = (): void => {
    const start = authors.length - gap.added;
    if (gap.added > 0 && line > gap.line) {
      const change = {
        before: before.slice(gap.line, line),
        authors: old.authors.slice(gap.line, line),
        after: after.slice(start, authors.length),
        newAuthor: author,
      };
      authors.splice(start, gap.added, ...followEdit(change));
    }
    gap = { line, added: 0 };
  };
  for (const { oldStart, oldLines, kinds } of hunks) {
    const start = oldLines === 0 ? oldStart : oldStart - 1;
    while (line < start) if (!keep()) return undefined;
    gap = { line, added: 0 };
    for (const kind of kinds) {
      if (kind === "-") line++;
      else if (kind === "+") {
        authors.push(author);
        gap.added++;
      } else {
        close();
        if (!keep()) return undefined;
        gap.line = line;
      }
    }
    close();
  }
  while (line < before.length) if (!keep()) return undefined;
  return authors.length === after.length ? authors : undefined;
}

/** Where the edit's outcome cannot be computed: new lines that the agent proposed are its own. */
function claimProposed(
  old: Authored,
  edit: AgentEdit,
  { text, author }: { text: string; author: number },
): Authored {
  const linesOf = (texts: readonly string[]): Set<string> =>
    new Set(texts.flatMap((part) => splitLines(normalizeText(part))));
  // What the agent only repeats is not its own, whoever typed it since the last event.
  const repeated = linesOf(edit.replacements.map(({ oldText }) => oldText));
  const proposed = linesOf([
    ...edit.replacements.map(({ newText }) => newText),
    edit.textAfter ?? "",
  ]).difference(repeated);
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
