import type { Group, Lines, Report } from "./tally.ts";

/** A share in per cent with one digit, `–` of nothing; a share below 100 is never rounded up to it. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const tenths = Math.round((part / whole) * 1000);
  const honest = part < whole && tenths === 1000 ? 999 : part > 0 && tenths === 0 ? 1 : tenths;
  return `${(honest / 10).toFixed(1)} %`;
}

/** One sentence on how much of the range is known at all. */
export function describeCoverage({ coverage, lines }: Pick<Report, "coverage" | "lines">): string {
  const { commits, hooks, later, unknown, known_lines } = coverage;
  const known = `${number(hooks + later)} of ${plural(commits, "commit")} recorded`;
  const how = later > 0 ? ` (${number(hooks)} by hooks, ${number(later)} linked later)` : "";
  if (unknown === 0) return `${known}${how}`;
  const rest = plural(lines.added - known_lines, "line");
  return `${known}${how}; nothing is known of the other ${number(unknown)}, which added ${rest}`;
}

export function describeApart({ apart }: Pick<Report, "apart">): string {
  return (["generated", "vendored", "binary"] as const)
    .filter((kind) => apart[kind].files > 0)
    .map((kind) => {
      const { files, added } = apart[kind];
      const lines = added > 0 ? ` (${plural(added, "line")})` : "";
      return `${kind}: ${plural(files, "file")}${lines}`;
    })
    .join(", ");
}

/** What commits say of themselves, in a sentence; empty where they name no agent. `shown` makes a name fit to print. */
export function describeDeclared(
  { declared }: Pick<Report, "declared">,
  shown: (name: string) => string,
): string {
  return declared
    .map(({ agent, commits, unproven }) => {
      const rest = unproven === 0 ? "" : `, no line known in ${number(unproven)} of them`;
      return `${shown(agent)} by ${plural(commits, "commit")}${rest}`;
    })
    .join("; ");
}

const heads = { agent: "Agent", model: "Model", directory: "Directory", author: "Author" } as const;

/** For a comment in a pull request: Markdown in which nothing of the repository can end its cell. */
export function renderMarkdown(
  report: Report,
  by: keyof typeof heads | "week" | undefined,
): string[] {
  const { lines } = report;
  const shown = [
    `**${percent(lines.ai, lines.added)} AI** · ${number(lines.ai)} of ${plural(lines.added, "added line")}, ` +
      `${number(lines.unattributed)} unattributed`,
    "",
    describeCoverage(report),
    "",
  ];
  if (report.agents.length > 0) {
    shown.push("| Agent | Model | Lines | Share |", "|---|---|--:|--:|");
    for (const { agent, model, lines: own } of report.agents) {
      const names = [cell(agent ?? "unknown"), cell(model ?? "unknown")];
      shown.push(`| ${[...names, number(own), percent(own, lines.added)].join(" | ")} |`);
    }
    shown.push("");
  }
  if (by !== undefined) {
    const head = by === "week" ? "Week" : heads[by];
    shown.push(
      `| ${head} | Added | AI | Share | Unattributed | Commits recorded |`,
      "|---|--:|--:|--:|--:|--:|",
    );
    for (const group of report.groups) shown.push(`| ${groupCells(group).join(" | ")} |`);
    shown.push("");
  }
  const declared = describeDeclared(report, cell);
  if (declared !== "") shown.push(`Declared in messages, not proven: ${declared}`, "");
  const apart = describeApart(report);
  if (apart !== "") shown.push(`Not counted: ${apart}`, "");
  return shown;
}

function groupCells(group: Group): string[] {
  const { coverage } = group;
  return [
    group.key === null ? "unattributed" : cell(group.key),
    number(group.added),
    number(group.ai),
    percent(group.ai, group.added),
    number(group.unattributed),
    `${number(coverage.hooks + coverage.later)} of ${number(coverage.commits)}`,
  ];
}

/** Text of others in a cell: no mark-up, no mention, no end of the cell. */
export function cell(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u202A-\u202E\u2066-\u2069]/g, "�")
      .replace(/[\\`*_{}[\]()<>#!|~@&:$^]/g, (mark) => `&#${mark.charCodeAt(0)};`)
  );
}

/** One row a group, else one a file; the columns are the same. */
export function renderCsv(report: Report, by: keyof typeof heads | "week" | undefined): string[] {
  const row = (key: string, commits: number, { added, ai, unattributed }: Lines): string =>
    [field(key), commits, added, ai, unattributed].join(",");
  return [
    `${by ?? "file"},commits,added,ai,unattributed`,
    ...(by === undefined
      ? report.files.map((file) => row(file.path, file.commits, file))
      : report.groups.map((group) => row(group.key ?? "", group.coverage.commits, group))),
  ];
}

/** Rows of any table as CSV, the names of its columns first. */
export function renderRows(
  columns: readonly string[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
): string[] {
  const cells = rows.map((row) =>
    row.map((value) => (typeof value === "string" ? field(value) : String(value ?? ""))).join(","),
  );
  return [columns.join(","), ...cells];
}

/**
 * Where a spreadsheet begins a cell, and then a formula, full-width signs included. In half of the world it parts cells at
 * semicolons, some part them at tabs, and then a quote within a field holds nothing together.
 */
const formula = /(?<=^|[;\t\r\n])(?=["\s]*[=+\-@＝＋－＠])/g;

/** A quoted field where it must be one. A spreadsheet would run a text that begins as a formula does. */
function field(text: string): string {
  const safe = text.replace(formula, "'");
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** 1234567 as `1,234,567`. */
export function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function plural(value: number, one: string): string {
  return `${number(value)} ${one}${value === 1 ? "" : "s"}`;
}
