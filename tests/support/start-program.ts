import type { Outcome } from "./cli.ts";

export interface StartOptions {
  readonly cwd: string;
  /** All of the environment: nothing of the test's own is handed on. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which it is killed, which ends with 137. */
  readonly timeout?: number;
}

/** Starts a program with nothing on stdin and waits for its end. */
export async function startProgram(
  argv: readonly string[],
  options: StartOptions,
): Promise<Outcome> {
  const child = Bun.spawn([...argv], {
    cwd: options.cwd,
    env: { ...options.environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.timeout ?? 20_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}
