import { columns, wrap } from "./text.ts";

/** What help shows of one command or group; made from the definitions, so that it cannot drift from them. */
export interface HelpPage {
  readonly summary: string;
  readonly details?: string | undefined;
  readonly usage: readonly string[];
  readonly groups: readonly { title: string; rows: readonly (readonly [string, string])[] }[];
  readonly examples: readonly { does: string; line: string }[];
  readonly more: readonly string[];
}

/** A page as text: one sentence, USAGE, groups, OPTIONS, EXAMPLES, LEARN MORE; wrapped to `width` cells. */
export function renderHelp(
  page: HelpPage,
  width: number,
  heading: (text: string) => string,
): string {
  const room = Math.max(40, width || 80);
  const lines = [...wrap(page.summary, room), ""];
  if (page.details !== undefined) lines.push(...wrap(page.details, room), "");
  lines.push(heading("USAGE"), ...page.usage.map((line) => `  ${line}`), "");
  for (const { title, rows } of page.groups) {
    if (rows.length === 0) continue;
    lines.push(heading(title.toUpperCase()), ...renderRows(rows, room), "");
  }
  if (page.examples.length > 0) {
    lines.push(heading("EXAMPLES"));
    for (const { does, line } of page.examples) lines.push(`  # ${does}`, `  $ ${line}`);
    lines.push("");
  }
  lines.push(heading("LEARN MORE"), ...page.more.map((line) => `  ${line}`));
  return `${lines.join("\n")}\n`;
}

function renderRows(rows: readonly (readonly [string, string])[], room: number): string[] {
  const names = columns(rows.map(([name]) => [name, "|"])).map((line) => line.slice(0, -1));
  const indent = 2 + (names[0]?.length ?? 0);
  return rows.flatMap(([, text], index) =>
    wrap(text, Math.max(20, room - indent)).map(
      (line, number) => (number === 0 ? `  ${names[index]}` : " ".repeat(indent)) + line,
    ),
  );
}
