/** The process: argv, environment, streams, clock, signals and the exit code; nothing else. */
import { writeSync } from "node:fs";
import { runCli } from "./cli.ts";
import { catalog } from "./commands/catalog.ts";
import { AppError, exitCodes } from "./errors.ts";
import { showCursor } from "./terminal/progress.ts";
import { openPager } from "./terminal/pager.ts";
import { readStdin } from "./terminal/stdin.ts";
import { openSink } from "./terminal/streams.ts";

declare const AGENT_TRACE_VERSION: string | undefined;
declare const AGENT_TRACE_COMMIT: string | undefined;
declare const AGENT_TRACE_TARGET: string | undefined;

const interrupt = new AbortController();
let signals = 0;
for (const [signal, code] of [
  ["SIGINT", "interrupted"],
  ["SIGTERM", "terminated"],
] as const) {
  process.on(signal, () => {
    // The first signal lets what is in hand be finished or undone; a second one means now.
    if (++signals > 1) {
      if (process.stderr.isTTY) writeSync(2, showCursor);
      process.exit(exitCodes[code]);
    }
    interrupt.abort(new AppError(code, code));
  });
}

process.exitCode = await runCli(process.argv.slice(2), catalog, {
  cwd: process.cwd(),
  environment: process.env,
  stdin: {
    // Loaded when asked for: `node:tty` alone costs a hook a third of its time.
    get isTerminal() {
      return process.getBuiltinModule("node:tty").isatty(0);
    },
    read: readStdin,
  },
  stdout: openSink(1, () => process.stdout),
  stderr: openSink(2, () => process.stderr),
  signal: interrupt.signal,
  program: {
    version: typeof AGENT_TRACE_VERSION === "string" ? AGENT_TRACE_VERSION : "0.1.0-dev",
    commit: typeof AGENT_TRACE_COMMIT === "string" ? AGENT_TRACE_COMMIT : "unknown",
    target: typeof AGENT_TRACE_TARGET === "string" ? AGENT_TRACE_TARGET : "source",
    path: process.execPath,
  },
  pager: openPager(process.env),
  now: () => new Date(),
});
