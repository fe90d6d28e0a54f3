import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The compiled program of this machine, as `bun run build` left it. */
export function compiledProgram(): string {
  const path = resolve(import.meta.dir, "../../dist/agent-trace");
  if (!existsSync(path)) throw new Error("no compiled program: run `bun run build` first");
  return path;
}
