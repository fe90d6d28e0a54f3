import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const version = "0.1.3";

/** Runs a program without blocking this process, in which the service answers. */
export async function runProgram(
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; stdin?: string } = {},
): Promise<{ exitCode: number; output: string; stdout: string }> {
  const child = Bun.spawn([...argv], {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env["PATH"] ?? "", ...options.env },
    stdin: new TextEncoder().encode(options.stdin ?? ""),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { exitCode: await child.exited, output: stdout + stderr, stdout };
}

/**
 * agent-trace-cli from the Python registry in a virtual environment of its own, which later runs use again. Gives the
 * program's path, or why it cannot be had.
 */
export async function installPythonClient(): Promise<{ program: string } | { missing: string }> {
  const directory = join(tmpdir(), `agent-trace-cli-${version}`);
  const program = join(directory, "bin", "agent-trace");
  const works = async (): Promise<boolean> =>
    existsSync(program) && (await runProgram([program, "--version"])).output.includes(version);
  if (await works()) return { program };
  const python = Bun.which("python3") ?? Bun.which("python");
  if (python === null) return { missing: "there is no Python on this machine" };
  mkdirSync(directory, { recursive: true });
  const home = process.env["HOME"] ?? tmpdir();
  for (const argv of [
    [python, "-m", "venv", "--clear", directory],
    [join(directory, "bin", "pip"), "install", "--quiet", `agent-trace-cli==${version}`],
  ]) {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) =>
        /^(?:PIP|HTTPS?_PROXY|SSL|REQUESTS)/i.test(name),
      ),
    ) as Record<string, string>;
    const { exitCode, output } = await runProgram(argv, { env: { ...env, HOME: home } });
    if (exitCode !== 0) return { missing: `\`${argv.join(" ")}\` failed: ${output.slice(-500)}` };
  }
  return (await works()) ? { program } : { missing: "what was installed does not run" };
}
