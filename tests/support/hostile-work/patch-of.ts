import type { Line } from "./line.ts";

/** A change as Claude Code's `structuredPatch` tells it: tabs shown as blanks, three lines around it. */
export function patchOf(
  lines: readonly Line[],
  { from, to, put }: { from: number; to: number; put: readonly Line[] },
): object {
  const kept = new Set(put.map(({ id }) => id));
  const show = ({ text }: Line): string => text.replaceAll("\t", "  ");
  const head = lines.slice(Math.max(0, from - 3), from);
  const foot = lines.slice(to, to + 3);
  const body: string[] = [];
  let at = from;
  const known = new Set(lines.slice(from, to).map(({ id }) => id));
  for (const line of put) {
    if (!known.has(line.id)) {
      body.push(`+${show(line)}`);
      continue;
    }
    while (lines[at]?.id !== line.id) body.push(`-${show(lines[at++] as Line)}`);
    body.push(` ${show(line)}`);
    at++;
  }
  while (at < to) {
    const line = lines[at++] as Line;
    if (!kept.has(line.id)) body.push(`-${show(line)}`);
  }
  const oldLines = head.length + (to - from) + foot.length;
  const newLines = head.length + put.length + foot.length;
  const start = from - head.length;
  return {
    oldStart: oldLines === 0 ? start : start + 1,
    oldLines,
    newStart: newLines === 0 ? start : start + 1,
    newLines,
    lines: [...head.map((l) => ` ${show(l)}`), ...body, ...foot.map((l) => ` ${show(l)}`)],
  };
}
