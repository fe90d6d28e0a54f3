import type { Terminal } from "./terminal.ts";
import { age, columns, cut, padEnd, width } from "./text.ts";

/** A list of things, a row each; the first cell names it, and is never cut. Cells hold visible text. */
export interface List {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** No column of a terminal's list is cut to fewer cells than this. */
const narrowest = 8;

/**
 * Shows a list. At a terminal: under a header, fitted to the width by cutting the widest columns, and paged. In a pipe:
 * the rows alone, and whole.
 */
export function showList(terminal: Terminal, { header, rows }: List): void {
  if (rows.length === 0) return;
  if (!terminal.stdout.isTerminal) {
    for (const line of columns(rows)) terminal.print(line);
    return;
  }
  const widths = fit([header, ...rows], terminal.columns);
  const render = (row: readonly string[]): string =>
    row
      .map((cell, index) => padEnd(cut(cell, widths[index] ?? 0), widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  const title = header.map((cell) => cell.toUpperCase());
  terminal.page([terminal.paint(render(title), "dim"), ...rows.map(render)]);
}

/** The widths of the columns, the widest made narrower until all fit. */
function fit(rows: readonly (readonly string[])[], room: number): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, width(cell))));
  }
  for (;;) {
    const used = widths.reduce((sum, cells) => sum + cells + 2, -2);
    const widest = Math.max(0, ...widths.slice(1));
    if (used <= room || widest <= narrowest) return widths;
    widths[widths.indexOf(widest, 1)] = widest - 1;
  }
}

/** A time for people: how long ago it was; in a pipe the time itself. Text that is no time stays. */
export function when(terminal: Terminal, time: unknown, now: Date): string {
  const text = String(time ?? "");
  const at = Date.parse(text);
  if (!terminal.stdout.isTerminal || Number.isNaN(at)) return text;
  const ago = age(now.getTime() - at);
  return ago === "now" ? "now" : `${ago} ago`;
}
