/** `bun run bench [hooks|rows|memory]…`: figures of the compiled program, each beside a floor of the same run. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
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

const chosen = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), "agent-trace-bench-"));
try {
  for (const [name, [title, measure]] of Object.entries(suites)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const own = join(directory, name);
    mkdirSync(own);
    print(title, await measure(own));
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
