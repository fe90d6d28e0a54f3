import { columns, padEnd, width, wrap, cut } from "./text.ts";

export interface HelpGroup {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
  /** The same on every page: left to the long form. */
  readonly isCommon?: boolean;
}

/** What help shows of one command or group. It is made from the definitions, so the two always agree. */
export interface HelpPage {
  readonly summary: string;
  readonly details?: string | undefined;
  readonly usage: readonly string[];
  readonly groups: readonly HelpGroup[];
  readonly examples: readonly { does: string; line: string }[];
  readonly more: readonly string[];
  /** What to type to see all of the page. */
  readonly longer: string;
}

/** How much of a page is shown: with `-h` a line for each command or option, with `--help` everything. */
export type HelpLength = "short" | "long";

/** What `-h` shows: no paragraphs, no examples, nothing that is the same on every page. */
function renderShort(page: HelpPage, room: number, heading: (text: string) => string): string {
  const groups = page.groups.filter(({ rows, isCommon }) => rows.length > 0 && isCommon !== true);
  const names = groups.flatMap(({ rows }) => rows.map(([name]) => width(name)));
  const indent = Math.min(Math.max(0, ...names), Math.floor(room / 2)) + 4;
  const lines = [
    ...wrap(page.summary, room),
    "",
    ...page.usage.map((line) => `${heading("Usage:")} ${line}`),
  ];
  for (const { title, rows } of groups) {
    lines.push("", heading(title.toUpperCase()));
    for (const [name, text] of rows) lines.push(cut(`  ${padEnd(name, indent - 2)}${text}`, room));
  }
  lines.push("", `${heading("More:")} ${page.longer}`);
  return `${lines.join("\n")}\n`;
}

/** A page as text: one sentence, USAGE, groups, OPTIONS, EXAMPLES, LEARN MORE; wrapped to `cells`. */
export function renderHelp(
  page: HelpPage,
  cells: number,
  heading: (text: string) => string,
  length: HelpLength = "long",
): string {
  const room = Math.max(40, cells || 80);
  if (length === "short") return renderShort(page, room, heading);
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
