/** `bun run bench [hooks|rows|memory]…`: figures of the compiled program, each beside a floor of the same run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureMemory, measureRows } from "./exchange.ts";
import { measureHooks } from "./hooks.ts";
import { type Figure, print } from "./report.ts";

const suites: Record<string, [title: string, measure: (directory: string) => Promise<Figure[]>]> = {
  hooks: ["Hooks and blame (whole processes)", measureHooks],
  rows: ["Push and pull of 100,000 traces (whole processes, loopback)", measureRows],
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

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(suites);
if (chosen.length === 1) await measure(chosen[0] ?? "");
else {
  for (const name of chosen) {
    const { exitCode } = Bun.spawnSync([process.execPath, import.meta.path, name], {
      stdout: "inherit",
      stderr: "inherit",
    });
    if (exitCode !== 0) process.exitCode = exitCode;
  }
}
