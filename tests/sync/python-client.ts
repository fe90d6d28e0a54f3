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

/** The Python client that came before this program, in its newest version; see `installPython`. */
export async function installPythonClient(): Promise<{ program: string } | { missing: string }> {
  const program = join("bin", "agent-trace");
  const installed = await installPython([`agent-trace-cli==${version}`], [program, "--version"]);
  return "missing" in installed ? installed : { program: join(installed.directory, program) };
}

/**
 * Packages from the Python registry in a virtual environment of their own, which later runs use again. `probe` is a command
 * in it that works once all is there. Gives the environment's directory, or why it cannot be had.
 */
export async function installPython(
  packages: readonly string[],
  [program, ...rest]: readonly [string, ...string[]],
): Promise<{ directory: string } | { missing: string }> {
  const name = packages.join("-").replace(/[^\w.-]+/g, "-");
  const directory = join(tmpdir(), name);
  const works = async (): Promise<boolean> =>
    existsSync(join(directory, program)) &&
    (await runProgram([join(directory, program), ...rest])).exitCode === 0;
  if (await works()) return { directory };
  const python = Bun.which("python3") ?? Bun.which("python");
  if (python === null) return { missing: "there is no Python on this machine" };
  mkdirSync(directory, { recursive: true });
  const home = process.env["HOME"] ?? tmpdir();
  for (const argv of [
    [python, "-m", "venv", "--clear", directory],
    [join(directory, "bin", "pip"), "install", "--quiet", ...packages],
  ]) {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([variable]) =>
        /^(?:PIP|HTTPS?_PROXY|SSL|REQUESTS)/i.test(variable),
      ),
    ) as Record<string, string>;
    const { exitCode, output } = await runProgram(argv, { env: { ...env, HOME: home } });
    if (exitCode !== 0) return { missing: `\`${argv.join(" ")}\` failed: ${output.slice(-500)}` };
  }
  return (await works()) ? { directory } : { missing: "what was installed does not run" };
}
