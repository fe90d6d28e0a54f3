import { defineCommand } from "../command.ts";
import { AppError } from "../errors.ts";
import {
  describeApart,
  describeCoverage,
  describeDeclared,
  percent,
  renderCsv,
  renderMarkdown,
} from "../report/render-table.ts";
import type { Grouping } from "../report/tally.ts";
import { columns, count, plural, visible } from "../terminal/text.ts";
import { parseSince } from "../workflows/exchange/parse-since.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { lookAheadFrom } from "../workflows/provenance/look-ahead.ts";
import { type RangeReport, readReport } from "../workflows/report/read-report.ts";

const groupings = ["agent", "model", "directory", "author", "week"] as const;

export default defineCommand({
  summary: "Show how much of a range of commits agents wrote",
  details:
    "Counts the lines that commits added, as git counts them; without a range, of all commits that HEAD has. Beside every share stands how many commits anything is known of: what is unattributed is nobody's, not a person's. Files that `.gitattributes` calls generated or vendored, and binary ones, are counted apart. A merge counts for the lines that none of its parents has.",
  args: {
    range: {
      type: "positional",
      required: false,
      description: "`A..B`, or one commit",
      completes: "none",
    },
    since: { type: "string", valueHint: "TIME", description: "only commits since this time" },
    by: {
      type: "enum",
      options: [...groupings],
      description: "sums for each of these as well",
    },
    csv: { type: "boolean", description: "comma-separated rows: groups, else files" },
    md: { type: "boolean", description: "Markdown, for a comment in a pull request" },
  },
  examples: [
    { does: "what a branch adds", line: "agent-trace report main..HEAD" },
    { does: "this year by week", line: "agent-trace report --since 2026-01-01 --by week" },
    { does: "a pull request's comment", line: "agent-trace report origin/main..HEAD --md" },
  ],
  async run(context, args) {
    const { terminal } = context;
    if (args.csv === true && args.md === true) {
      throw new AppError("usage", "`--csv` and `--md` exclude each other");
    }
    const since = parseSince(args.since);
    const by = args.by as Grouping | undefined;
    await lookAheadFrom(context);
    const report = await readReport(findProject(context), {
      range: args.range,
      since: since === undefined ? undefined : new Date(Number(since / 1000n)),
      by,
      signal: context.signal,
    });
    if (args.csv === true) terminal.page(renderCsv(report, by));
    else if (args.md === true) terminal.page(renderMarkdown(report, by));
    else terminal.page(describe(report, terminal.paint));
    terminal.answer("report", report);
  },
});

function describe(report: RangeReport, paint: (text: string, meaning: "heading") => string) {
  const { lines, agents, groups, coverage, apart } = report;
  const rows = [
    ["AI", count(lines.ai), percent(lines.ai, lines.added)],
    ["unattributed", count(lines.unattributed), percent(lines.unattributed, lines.added)],
  ];
  const shown = [
    paint(
      `${plural(lines.added, "line")} added by ${plural(coverage.commits, "commit")}`,
      "heading",
    ),
    ...indent(columns(rows, [1, 2])),
    "",
  ];
  if (agents.length > 0) {
    const named = agents.map(({ agent, model, lines: own }) => [
      visible(agent ?? "unknown agent"),
      visible(model ?? "unknown model"),
      count(own),
      percent(own, lines.added),
    ]);
    shown.push(...indent(columns(named, [2, 3])), "");
  }
  if (groups.length > 0) {
    const head = ["", "added", "AI", "", "recorded"];
    const sums = groups.map((group) => [
      group.key === null ? "unattributed" : visible(group.key),
      count(group.added),
      count(group.ai),
      percent(group.ai, group.added),
      `${count(group.coverage.hooks + group.coverage.later)} of ${plural(group.coverage.commits, "commit")}`,
    ]);
    shown.push(...indent(columns([head, ...sums], [1, 2, 3, 4])), "");
  }
  shown.push(`coverage: ${describeCoverage(report)}`);
  const declared = describeDeclared(report, visible);
  if (declared !== "") shown.push(`declared, not proven: ${declared}`);
  const others = describeApart({ apart });
  if (others !== "") shown.push(`not counted: ${others}`);
  return shown;
}

function indent(rows: readonly string[]): string[] {
  return rows.map((row) => `  ${row}`);
}
