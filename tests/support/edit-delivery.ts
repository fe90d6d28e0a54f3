import { type TrackedEdit, type TrackedLine } from "./tracked-file.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** What an edit did: a whole text, or one text for another, and line by line in its steps. */
export interface AppliedEdit {
  readonly write: string | undefined;
  /** As it goes, with the line break behind a text that is taken out as a whole. */
  readonly oldText: string;
  /** As the agent of the session asked for it. */
  readonly asked: string;
  readonly newText: string;
  readonly replaceAll: boolean;
  readonly steps: readonly TrackedEdit[];
}

export interface EditFacts extends AppliedEdit {
  readonly root: string;
  readonly home: string;
  /** Absolute. */
  readonly path: string;
  readonly call: string;
  readonly before: string | null;
  readonly after: string;
}

/** The payloads by which an agent tells of an edit; `needsBefore`: without the first, nothing tells what was there. */
export interface Delivery {
  readonly before?: Fields;
  readonly after: Fields;
  readonly needsBefore?: boolean;
}

export type Deliver = (facts: EditFacts) => Delivery;

/** One step as a hunk: positions are right, and of a few agents the texts of lines are not those of the file. */
export function hunkOf(
  { start, removed, put }: TrackedEdit,
  text: (line: TrackedLine) => string,
): { oldStart: number; oldLines: number; newStart: number; newLines: number; lines: string[] } {
  const lines: string[] = [];
  let old = 0;
  for (const { line, kept } of put) {
    if (kept) {
      while (removed[old] !== line) lines.push(`-${text(removed[old++]!)}`);
      old++;
    }
    lines.push(`${kept ? " " : "+"}${text(line)}`);
  }
  while (old < removed.length) lines.push(`-${text(removed[old++]!)}`);
  return {
    oldStart: removed.length === 0 ? start : start + 1,
    oldLines: removed.length,
    newStart: put.length === 0 ? start : start + 1,
    newLines: put.length,
    lines,
  };
}

/** A unified diff of the whole edit; undefined where two steps meet in one line. */
export function unifiedDiff({ steps }: AppliedEdit): string | undefined {
  let grown = 0;
  let end = 0;
  const hunks: string[] = [];
  for (const step of steps) {
    if (step.start < end) return undefined;
    const { oldStart, oldLines, newStart, newLines, lines } = hunkOf(step, ({ text }) => text);
    hunks.push(`@@ -${oldStart - grown},${oldLines} +${newStart},${newLines} @@`, ...lines);
    grown += newLines - oldLines;
    end = step.start + newLines;
  }
  return `${hunks.join("\n")}\n`;
}
