import { writeSync } from "node:fs";
import { runCli } from "../cli.ts";
import { catalog } from "../commands/catalog.ts";
import type { Program } from "../context.ts";
import { AppError, exitCodes } from "../errors.ts";
import { openPager } from "../terminal/pager.ts";
import { showCursor } from "../terminal/progress.ts";
import { readStdin } from "../terminal/stdin.ts";
import { openSink } from "../terminal/streams.ts";
import { visible } from "../terminal/text.ts";
import { hideSecrets, secretsOf } from "./hide-secrets.ts";

/** The command line of this process, with its streams, signals and clock. Gives the exit code. */
export async function runProcess(program: Program): Promise<number> {
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, dieOf);
  }
  const argv = process.argv.slice(2);
  const secrets = secretsOf(argv);
  if (secrets.length > 0) await hideSecrets(secrets);
  return await runCli(argv, catalog, {
    cwd: currentDirectory(),
    environment: process.env,
    stdin: {
      // Loaded when asked for: `node:tty` alone costs a hook a third of its time.
      get isTerminal() {
        return process.getBuiltinModule("node:tty").isatty(0);
      },
      read: readStdin,
      readLine: async (ask, show) =>
        (await import("../terminal/read-typed-line.ts")).readTypedLine(ask, show),
      chunks: () => Bun.stdin.stream(),
    },
    stdout: openSink(1, () => process.stdout),
    stderr: openSink(2, () => process.stderr),
    signal: listenToSignals(),
    program,
    pager: openPager(process.env),
    now: () => new Date(),
  });
}

/**
 * A signal that the first SIGINT or SIGTERM aborts, so that work in hand can be finished. A second one ends the
 * process at once.
 */
function listenToSignals(): AbortSignal {
  const interrupt = new AbortController();
  let signals = 0;
  for (const [signal, code] of [
    ["SIGINT", "interrupted"],
    ["SIGTERM", "terminated"],
  ] as const) {
    process.on(signal, () => {
      if (++signals > 1) {
        if (process.stderr.isTTY) writeSync(2, showCursor);
        process.exit(exitCodes[code]);
      }
      interrupt.abort(new AppError(code, code));
    });
  }
  return interrupt.signal;
}

/**
 * The current directory. One that was removed under the shell has no path any more: then what the shell remembers of
 * it.
 */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return process.env["PWD"] ?? "/";
  }
}

/** Tells in one line of an error that nobody caught. The runtime itself would print pages of our source. */
function dieOf(cause: unknown): void {
  const message = cause instanceof Error ? cause.message : String(cause);
  try {
    writeSync(2, `error: this is a bug in agent-trace: ${visible(message)}\n`);
    if (process.argv.includes("--debug") && cause instanceof Error) {
      writeSync(2, `${cause.stack ?? ""}\n`);
    }
  } finally {
    process.exit(exitCodes.bug);
  }
}
