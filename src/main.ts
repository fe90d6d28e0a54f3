/** The process: what is compiled in, and the exit code; nothing else. */
import { writeSync } from "node:fs";

declare const AGENT_TRACE_VERSION: string | undefined;
declare const AGENT_TRACE_COMMIT: string | undefined;
declare const AGENT_TRACE_TARGET: string | undefined;

const version = typeof AGENT_TRACE_VERSION === "string" ? AGENT_TRACE_VERSION : "0.2.0-dev";

/** `--version` alone, without loading the command line; what goes wrong is left to the command line to tell. */
function printedVersion(): boolean {
  if (process.argv.length !== 3 || process.argv[2] !== "--version") return false;
  try {
    writeSync(1, `agent-trace ${version}\n`);
    return true;
  } catch {
    return false;
  }
}

const program = {
  version,
  commit: typeof AGENT_TRACE_COMMIT === "string" ? AGENT_TRACE_COMMIT : "unknown",
  target: typeof AGENT_TRACE_TARGET === "string" ? AGENT_TRACE_TARGET : "source",
  path: process.execPath,
};

/** `record` alone, the way that agents call it. */
async function recorded(): Promise<boolean> {
  if (process.argv.length !== 3 || process.argv[2] !== "record") return false;
  const { runRecord } = await import("./cli/run-hook.ts");
  return await runRecord(program);
}

/** `commit-link` the way that git's hooks call it. */
async function linked(): Promise<boolean> {
  const [, , command, option, ...more] = process.argv;
  const isHook = command === "commit-link" && more.length === 0;
  if (!isHook || (option !== undefined && option !== "--catch-up")) return false;
  const { runCommitLink } = await import("./cli/run-git-hook.ts");
  const exitCode = await runCommitLink(program, option !== undefined);
  if (exitCode !== undefined) process.exitCode = exitCode;
  return exitCode !== undefined;
}

if (!printedVersion() && !(await recorded()) && !(await linked())) {
  const { runProcess } = await import("./cli/run-process.ts");
  process.exitCode = await runProcess(program);
}
