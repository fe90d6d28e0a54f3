import { runCli } from "../../src/cli.ts";
import type { Catalog } from "../../src/command.ts";
import { catalog } from "../../src/commands/catalog.ts";
import type { Environment } from "../../src/environment.ts";
import type { Sink } from "../../src/terminal/streams.ts";
import { checkHints } from "./hints.ts";
import { inCopy } from "./in-copy.ts";

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  home?: string;
  cwd?: string;
  environment?: Environment;
  stdin?: string | Uint8Array;
  terminal?: boolean;
  /** Width of that terminal; 80 without it. */
  columns?: number;
  /** What is typed when something is asked for at the terminal. */
  typed?: string;
  signal?: AbortSignal;
  catalog?: Catalog;
  now?: () => Date;
  /** What hooks are made to call. */
  program?: string;
}

/** A sink over a string. */
export function bufferSink(isTerminal = false, columns = 80): Sink & { text(): string } {
  const chunks: string[] = [];
  return {
    isTerminal,
    columns: isTerminal ? columns : undefined,
    write: (content) =>
      void chunks.push(typeof content === "string" ? content : new TextDecoder().decode(content)),
    text: () => chunks.join(""),
  };
}

/**
 * Runs one command line over buffers, without a process; nothing of the ambient environment reaches it. Fails where a
 * hint that was printed cannot be followed.
 */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<Outcome> {
  const outcome = await runOverBuffers(argv, options);
  if (options.catalog === undefined) {
    await checkHints(argv, outcome, {
      run: (other) => runOverBuffers(other, options),
      rehearse: (other) => inCopy(other, options, runOverBuffers),
    });
  }
  return outcome;
}

async function runOverBuffers(argv: readonly string[], options: CliOptions): Promise<Outcome> {
  const stdout = bufferSink(options.terminal, options.columns);
  const stderr = bufferSink(options.terminal, options.columns);
  const input = options.stdin ?? "";
  const exitCode = await runCli(argv, options.catalog ?? catalog, {
    cwd: options.cwd ?? "/",
    environment: {
      PATH: process.env["PATH"],
      HOME: options.home ?? "/nonexistent",
      AGENT_TRACE_HOME: options.home === undefined ? undefined : `${options.home}/.agent-trace`,
      ...options.environment,
    },
    stdin: {
      isTerminal: options.terminal ?? false,
      async readLine(ask) {
        ask();
        return options.typed;
      },
      read: async () => (typeof input === "string" ? new TextEncoder().encode(input) : input),
      chunks: () => new Blob([input as string]).stream(),
    },
    stdout,
    stderr,
    signal: options.signal ?? new AbortController().signal,
    program: {
      version: "0.0.0-test",
      commit: "test",
      target: "test",
      path: options.program ?? "/usr/local/bin/agent-trace",
    },
    now: options.now ?? (() => new Date()),
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}
