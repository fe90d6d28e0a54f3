import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RealAgent } from "./real-agents.ts";

/** The program from its package, in a directory that later runs use again; undefined where it cannot be had. */
export function installed({ package: wanted, program }: RealAgent): string | undefined {
  const directory = join(
    tmpdir(),
    `agent-trace-agents-${wanted.replaceAll(/[^A-Za-z0-9.]/g, "-")}`,
  );
  const path = join(directory, "node_modules/.bin", program);
  if (existsSync(path)) return path;
  mkdirSync(directory, { recursive: true });
  const npm = Bun.which("npm");
  if (npm === null) return undefined;
  const argv = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--silent", wanted];
  const { exitCode } = Bun.spawnSync(argv, { cwd: directory, timeout: 240_000 });
  return exitCode === 0 && existsSync(path) ? path : undefined;
}

/** Runs what follows in a network of its own, with nothing but loopback in it. */
export const alone = ["unshare", "--map-root-user", "--net", "sh", "-c"];

/** Whether this machine lets a process have a network of its own, with nothing but loopback in it. */
export function canPlayAlone(): boolean {
  const ip = Bun.which("ip");
  if (ip === null || Bun.which("unshare") === null) return false;
  return Bun.spawnSync([...alone, "ip link set lo up"]).exitCode === 0;
}
