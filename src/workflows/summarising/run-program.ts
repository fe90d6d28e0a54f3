import { basename } from "node:path";
import { AppError, systemCode } from "../../errors.ts";
import { withoutTokens } from "../../schema/without-tokens.ts";
import { visible } from "../../terminal/text.ts";

export interface ProgramRun {
  readonly input: Uint8Array;
  /** After so many seconds it is killed, with all that it started. */
  readonly seconds: number;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const longestAnswer = 1024 * 1024;
const shownCharacters = 300;

/**
 * Runs a program of the person's choice and gives what it printed. It has a process group of its own, which is killed as
 * a whole when its time is up or the command is interrupted.
 */
export async function runProgram(command: readonly string[], run: ProgramRun): Promise<string> {
  const name = basename(command[0] ?? "");
  const { input, seconds, cwd, environment, signal } = run;
  signal.throwIfAborted();
  let child;
  try {
    child = Bun.spawn([...command], {
      cwd,
      env: environment,
      stdin: new Blob([input as Uint8Array<ArrayBuffer>]),
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    });
  } catch (error) {
    const code = systemCode(error);
    throw new AppError(
      "failed",
      `\`${visible(name)}\` cannot be started (${code ?? "unknown cause"})`,
      {
        hint:
          code === "ENOENT"
            ? `install \`${visible(name)}\`, or choose another summariser`
            : undefined,
      },
    );
  }
  let isLate = false;
  const kill = (): void => killGroup(child);
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, seconds * 1000);
  signal.addEventListener("abort", kill, { once: true });
  try {
    const [printed, said, exitCode] = await Promise.all([
      readSome(child.stdout, longestAnswer, kill),
      readSome(child.stderr, 64 * 1024, () => {}),
      child.exited,
    ]);
    signal.throwIfAborted();
    if (isLate) {
      throw new AppError("failed", `\`${visible(name)}\` was stopped after ${seconds} s`, {
        hint: `give it longer with \`agent-trace config set summary.timeout-seconds ${Math.ceil(seconds * 2)}\``,
      });
    }
    if (printed === undefined) {
      throw new AppError("failed", `\`${visible(name)}\` printed more than 1 MiB`);
    }
    if (exitCode !== 0) throw failed(name, exitCode, said ?? "");
    return printed;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}

function failed(name: string, exitCode: number, said: string): AppError {
  const lines = said.trim().split("\n");
  // As our own commands say it, else the last words.
  const error = lines.find((line) => line.startsWith("error: "))?.slice("error: ".length);
  const words = withoutTokens(visible(error ?? lines.at(-1) ?? "")).slice(0, shownCharacters);
  const why = words === "" ? "" : `: ${words.toWellFormed()}`;
  return new AppError("failed", `\`${visible(name)}\` ended with ${exitCode}${why}`);
}

function killGroup(child: { readonly pid: number; kill(signal: "SIGKILL"): void }): void {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended, or this system knows no groups.
    child.kill("SIGKILL");
  }
}

/** A stream's text; undefined, after `onTooMuch`, where it is longer than the limit. The rest is read and let go. */
async function readSome(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  onTooMuch: () => void,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else onTooMuch();
  }
  if (size > limit && limit === longestAnswer) return undefined;
  return Buffer.concat(chunks).toString("utf8");
}
