import type { Context } from "../../context.ts";
import { isSwitchedOn } from "../../environment.ts";
import { AppError } from "../../errors.ts";
import { visible } from "../../terminal/text.ts";
import type { FileAttribution } from "./read-attribution.ts";

interface LineRange {
  readonly path: string;
  readonly start: number;
  end: number;
}

/** The ranges of lines that nobody is known to have written; neighbours of several commits are one range. */
export function lacking(files: readonly FileAttribution[]): LineRange[] {
  const ranges: LineRange[] = [];
  for (const { path, attributions } of files) {
    for (const { kind, start_line: start, end_line: end } of attributions) {
      if (kind === "AI") continue;
      const last = ranges.at(-1);
      if (last?.path === path && last.end === start - 1) last.end = end;
      else ranges.push({ path, start, end });
    }
  }
  return ranges;
}

/** Tells of each range without attribution as an error, and in a GitHub action as a mark in the review. Counts lines. */
export function requireAttribution(
  { terminal, environment }: Context,
  files: readonly FileAttribution[],
): number {
  const ranges = lacking(files);
  const marks = isSwitchedOn(environment, "GITHUB_ACTIONS");
  let count = 0;
  for (const { path, start, end } of ranges) {
    count += end - start + 1;
    const place = start === end ? `${start}` : `${start}-${end}`;
    if (!marks) {
      terminal.fail(new AppError("no_attribution", `${path}:${place}: no attribution`));
    } else if (!terminal.json) {
      const file = escapeProperty(path);
      terminal.print(
        `::error file=${file},line=${start},endLine=${end}::${visible(path).replaceAll("%", "%25")}:${place}: no attribution`,
      );
    }
  }
  return count;
}

/** A value of a workflow command: a path must not end it, nor begin another. What is escaped here is decoded there. */
function escapeProperty(text: string): string {
  const escaped = text.replace(
    /[%\r\n:,]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  return visible(escaped);
}
