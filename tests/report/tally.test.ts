import { expect, test } from "bun:test";
import { countClaims } from "../../src/report/count-claims.ts";
import { cell, percent, renderCsv, renderMarkdown } from "../../src/report/render-table.ts";
import { type CountedCommit, type CountedFile, tally, weekOf } from "../../src/report/tally.ts";

const file = (path: string, added: number | undefined, ...ai: [string, number][]): CountedFile => ({
  path,
  added,
  apart: undefined,
  ai: ai.map(([agent, lines]) => ({ agent, model: `${agent}-1`, lines })),
});

const commit = (day: number, files: readonly CountedFile[], author = "Ada"): CountedCommit => ({
  sha: String(day).repeat(40),
  parent: undefined,
  subject: "work",
  committedAt: new Date(Date.UTC(2026, 1, day)),
  author,
  recorded: files.some(({ ai }) => ai.length > 0) ? "hooks" : "unknown",
  declared: [],
  files,
});

const commits = [
  commit(2, [file("src/a.ts", 10, ["claude-code", 6], ["codex", 1]), file("README.md", 4)]),
  commit(9, [file("src/a.ts", 5, ["claude-code", 5]), file("logo.png", undefined)], "Bob"),
  commit(3, [file("lib/b.ts", 20)]),
];

test.each([undefined, "agent", "model", "directory", "author", "week"] as const)(
  "files, commits and groups by %s each make the total",
  (by) => {
    const report = tally(commits, by);
    const total = { added: 39, ai: 12, unattributed: 27 };
    const sum = (rows: readonly { added: number; ai: number; unattributed: number }[]) => ({
      added: rows.reduce((all, row) => all + row.added, 0),
      ai: rows.reduce((all, row) => all + row.ai, 0),
      unattributed: rows.reduce((all, row) => all + row.unattributed, 0),
    });
    expect(report.lines).toEqual(total);
    expect(sum(report.files)).toEqual(total);
    expect(sum(report.commits)).toEqual(total);
    expect(sum(report.groups)).toEqual(
      by === undefined ? { added: 0, ai: 0, unattributed: 0 } : total,
    );
    expect(report.agents.reduce((all, { lines }) => all + lines, 0)).toBe(12);
  },
);

test("coverage tells the commits of which nothing is known, and their lines", () => {
  const report = tally(commits, "week");
  expect(report.coverage).toEqual({ commits: 3, hooks: 2, later: 0, unknown: 1, known_lines: 19 });
  expect(report.groups.map(({ key, coverage }) => [key, coverage.commits])).toEqual([
    ["2026-W06", 2],
    ["2026-W07", 1],
  ]);
});

test("generated, vendored and binary files are counted apart", () => {
  const apart = (kind: "generated" | "vendored", added: number): CountedFile => ({
    ...file(kind, added, ["codex", 2]),
    apart: kind,
  });
  const report = tally([
    commit(1, [apart("generated", 9), apart("vendored", 3), file("a.png", undefined)]),
    commit(2, [apart("generated", 1)]),
  ]);
  expect(report.lines).toEqual({ added: 0, ai: 0, unattributed: 0 });
  expect(report.apart).toEqual({
    generated: { files: 1, added: 10, ai: 4 },
    vendored: { files: 1, added: 3, ai: 2 },
    binary: { files: 1, added: 0, ai: 0 },
  });
});

test("claims that overlap, or go beyond what a commit added, count once and no further", () => {
  const run = (start_line: number, end_line: number) => ({ start_line, end_line });
  const counted = (added: number, ...runs: ReturnType<typeof run>[]) =>
    countClaims(runs, added).map(({ run: { start_line }, lines }) => [start_line, lines]);
  expect(counted(100, run(1, 5), run(3, 8))).toEqual([
    [1, 5],
    [3, 3],
  ]);
  expect(counted(100, run(3, 8), run(1, 60_000_000))).toEqual([[1, 100]]);
  expect(counted(4, run(-7, 2), run(9, 4), run(5, 9))).toEqual([
    [-7, 2],
    [5, 2],
  ]);
});

test("a week belongs to the year of its Thursday", () => {
  expect(
    ["2025-12-29", "2026-01-04", "2026-01-05", "2021-01-03"].map((day) => weekOf(new Date(day))),
  ).toEqual(["2026-W01", "2026-W01", "2026-W02", "2020-W53"]);
});

test("a share is neither rounded up to all nor down to nothing", () => {
  expect([percent(9999, 10_000), percent(1, 10_000), percent(5, 5), percent(0, 0)]).toEqual([
    "99.9 %",
    "0.1 %",
    "100.0 %",
    "–",
  ]);
});

test("names of a repository end no cell, mention nobody and start no formula", () => {
  const hostile = tally(
    [commit(1, [file("a|b\n@all <img src=x>", 1, ["`x`|[y](z)", 1])])],
    "agent",
  );
  expect(renderMarkdown(hostile, "agent").join("\n")).not.toMatch(/a\|b|@all|<img|\]\(|`/);
  expect(renderCsv(tally([commit(1, [file('=1+1,"x"', 2)])]), undefined)).toEqual([
    "file,commits,added,ai,unattributed",
    `"'=1+1,""x""",1,2,0,2`,
  ]);
  // Semicolons and tabs part cells in some spreadsheets.
  for (const [name, shown] of [
    ["x;=1+1", `"x;'=1+1"`],
    ["\n=1+1", `"'\n'=1+1"`],
    ["\t@a", `"'\t'@a"`],
    [` "-1`, `"' ""-1"`],
    [`a;"=1`, `"a;'""=1"`],
    ["＝1", "'＝1"],
    ["a=1;b-2", `"a=1;b-2"`],
  ] as const) {
    const [, row] = renderCsv(tally([commit(1, [file(name, 2)])]), undefined);
    expect(row).toBe(`${shown},1,2,0,2`);
  }
  expect(cell("a‮b")).toBe("a�b");
});
