/** `bun run bench [SUITE…]`: figures of the compiled program, each beside a floor of the same run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureAsking } from "./asking.ts";
import { measureCommits } from "./commits.ts";
import { measureMemory, measureRows } from "./exchange.ts";
import { measureEvents } from "./events.ts";
import { measureGrowth } from "./growth.ts";
import { measureHistory } from "./history.ts";
import { measureHooks } from "./hooks.ts";
import { type Figure, print } from "./report.ts";
import { measurePages } from "./pages.ts";
import { measureRedaction } from "./redaction.ts";
import { measureScale } from "./scale.ts";
import { measureSearch } from "./search.ts";
import { measureTeam } from "./team.ts";
import { measureVerify } from "./verify.ts";

const suites: Record<string, [title: string, measure: (directory: string) => Promise<Figure[]>]> = {
  hooks: ["Hooks and blame (whole processes)", measureHooks],
  events: ["Commands of agents, and commits that hooks look at (whole processes)", measureEvents],
  commits: ["Linking commits (whole processes)", measureCommits],
  rows: ["Push and pull of 100,000 traces (whole processes, loopback)", measureRows],
  growth: ["A transcript of 200 MiB that grows (whole processes, loopback)", measureGrowth],
  redaction: ["Masking secrets (in this process)", measureRedaction],
  history: ["Reports of a long history (whole processes)", measureHistory],
  verify: ["Comparing a million rows with a remote (whole processes, loopback)", measureVerify],
  scale: ["The service with many rows (SQLite and PostgreSQL)", measureScale],
  team: ["The service over PostgreSQL and S3 (loopback)", measureTeam],
  asking: ["Answering an agent (whole processes)", measureAsking],
  search: ["Search in a gibibyte of transcripts (whole processes)", measureSearch],
  pages: ["The viewer in Chromium, each page opened for the first time", measurePages],
  memory: ["Peak memory for a transcript of 1 GiB", measureMemory],
};

/** One suite in this process; a process' peak memory counts that of the process that started it, up to then. */
async function measure(name: string): Promise<void> {
  const [title, run] = suites[name] ?? [];
  if (title === undefined || run === undefined) {
    throw new Error(`no suite is called ${name}; there are ${Object.keys(suites).join(", ")}`);
  }
  const directory = mkdtempSync(join(tmpdir(), "agent-trace-bench-"));
  try {
    print(title, await run(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function usage(): string {
  const names = Object.entries(suites).map(([name, [title]]) => `  ${name.padEnd(10)}${title}`);
  return [
    "bun run bench [SUITE…]",
    "",
    "Measures the compiled program, each figure beside a floor of the same run; without a suite all of them.",
    "",
    "SUITES",
    ...names,
    "",
  ].join("\n");
}

const asked = process.argv.slice(2);
const unknown = asked.filter((word) => !Object.hasOwn(suites, word));
const chosen = asked.length > 0 ? asked : Object.keys(suites);
if (asked.includes("--help") || asked.includes("-h")) {
  process.stdout.write(usage());
} else if (unknown.length > 0) {
  process.stderr.write(`error: no suite is called \`${unknown.join("`, `")}\`\n\n${usage()}`);
  process.exitCode = 2;
} else if (chosen.length === 1) await measure(chosen[0] ?? "");
else {
  for (const name of chosen) {
    const { exitCode } = Bun.spawnSync([process.execPath, import.meta.path, name], {
      stdout: "inherit",
      stderr: "inherit",
    });
    if (exitCode !== 0) process.exitCode = exitCode;
  }
}
