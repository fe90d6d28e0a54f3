import type { Stamp } from "./compile.ts";

/** Starts a fresh program: one that was built "with success" may still not run. Throws where it does not. */
export function tryOut(program: string, stamp: Stamp): void {
  for (const [words, expected] of [
    [["--version"], `agent-trace ${stamp.version}\n`],
    [["version"], `agent-trace ${stamp.version}\n`],
  ] as const) {
    const { exitCode, stdout, stderr } = Bun.spawnSync([program, ...words], { env: { HOME: "/" } });
    if (exitCode !== 0 || stdout.toString() !== expected) {
      throw new Error(`${program} ${words.join(" ")} ended with ${exitCode}: ${stderr}${stdout}`);
    }
  }
}
