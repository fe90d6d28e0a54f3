import type { AgentEdit } from "../schema/agent-event.ts";
import type { PendingClaim, PendingFile } from "../schema/pending.ts";
import { type Authored, unclaimed } from "./authored.ts";
import { applyEdit } from "./edit.ts";
import { nobody } from "./follow.ts";
import { applyLate } from "./late-edit.ts";
import { foundAgain, leftBehind } from "./left-texts.ts";
import { normalizeText } from "./lines.ts";

/** Lines, 1-based and inclusive. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** The text of a pending file with an author for each line. */
export function authoredOf({ text, authors }: PendingFile): Authored {
  return {
    text,
    authors: authors.flatMap(([count, claim]) => Array<number>(count).fill(claim)),
  };
}

/** A file as an event finds it: what a person typed since the last one is nobody's. */
export function observeFile(
  pending: PendingFile | undefined,
  path: string,
  text: string,
): PendingFile {
  if (pending === undefined) {
    return packFile(unclaimed(text), { path, claims: [], toolUses: [] });
  }
  const { toolUses } = pending;
  const found = foundAgain(pending, text);
  const left = leftBehind(pending, found);
  return packFile(found, { path, claims: found.claims, toolUses, left });
}

/** How many tool calls are remembered: a repeated report comes at once or never. */
const rememberedToolUses = 32;

/** Whether the tool call's edit of this file has been recorded already. */
export function isRecorded(pending: PendingFile | undefined, toolUse: string | undefined): boolean {
  return toolUse !== undefined && pending?.toolUses.includes(toolUse) === true;
}

/** A file after a tool call's edits of it, in their order; `text` is what stands on the disk. */
export function recordEdits(
  pending: PendingFile | undefined,
  edits: readonly AgentEdit[],
  event: { path: string; text: string; claim: PendingClaim; toolUse: string | undefined },
): PendingFile {
  const { path, text, claim, toolUse } = event;
  const claims = [...(pending?.claims ?? []), claim];
  const known = pending === undefined ? undefined : authoredOf(pending);
  const author = claims.length - 1;
  // Of two edits that are reported the wrong way round, the first report has seen both.
  const isLate = known?.text === text;
  let state = isLate ? applyLate(known, edits, author) : known;
  if (!isLate) for (const edit of edits) state = applyEdit(state, edit, { text, author });
  return packFile(state ?? unclaimed(text), {
    path,
    claims,
    toolUses: [...(pending?.toolUses ?? []), ...(toolUse === undefined ? [] : [toolUse])],
    left: pending === undefined ? [] : leftBefore(pending, edits[0], text),
  });
}

/**
 * Where no event told of it, the edit says which text it found: what had gone by then may come back. What stands there
 * now has not gone: then it is an older edit that is reported late.
 */
function leftBefore(
  pending: PendingFile,
  edit: AgentEdit | undefined,
  text: string,
): PendingFile["left"] {
  if (typeof edit?.textBefore !== "string" || text === pending.text) return pending.left;
  const before = normalizeText(edit.textBefore);
  if (before === pending.text) return pending.left;
  const left = leftBehind(pending, foundAgain(pending, before));
  return left === pending.left ? left : leftBehind(pending, foundAgain(pending, text));
}

/** Where the lines of one trace stand. */
export function rangesOf(pending: PendingFile, traceId: string): LineRange[] {
  const ranges: LineRange[] = [];
  let line = 1;
  for (const [count, claim] of pending.authors) {
    if (claim !== nobody && pending.claims[claim]?.traceId === traceId) {
      ranges.push({ start: line, end: line + count - 1 });
    }
    line += count;
  }
  return ranges;
}

/** A text and its authors, as places in `claims`, in the form that is kept. */
export function packFile(
  { text, authors }: Authored,
  { left = [], ...rest }: Pick<PendingFile, "path" | "claims" | "toolUses" | "left">,
): PendingFile {
  const runs: [number, number][] = [];
  let last: [number, number] | undefined;
  for (const author of authors) {
    if (last?.[1] === author) last[0]++;
    else runs.push((last = [1, author]));
  }
  const toolUses = rest.toolUses.slice(-rememberedToolUses);
  return {
    version: 1,
    ...rest,
    toolUses,
    text,
    authors: runs,
    ...(left.length === 0 ? {} : { left }),
  };
}
