import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HookFile } from "../../src/capture/agent-hooks.ts";

type Fields = Record<string, unknown>;

/** A plugin that we install, loaded as its agent loads it; what it would send to `record` is kept instead. */
export interface LoadedPlugin {
  readonly module: Record<string, unknown>;
  /** What was sent since the last time. */
  sent(): Fields[];
}

let loaded = 0;

export async function loadPlugin(file: HookFile, directory: string): Promise<LoadedPlugin> {
  const outbox = join(directory, `outbox-${loaded}.jsonl`);
  const path = join(directory, `plugin-${loaded++}.ts`);
  mkdirSync(dirname(path), { recursive: true });
  // The command says whose it is, as ours does; a plugin is known by it.
  writeFileSync(
    path,
    file.install(undefined, `{ cat; echo; } >> '${outbox}' # agent-trace record`),
  );
  const module = (await import(path)) as Record<string, unknown>;
  let seen = 0;
  return {
    module,
    sent() {
      if (!existsSync(outbox)) return [];
      const lines = readFileSync(outbox, "utf8").split("\n").slice(0, -1);
      const fresh = lines.slice(seen).map((line) => JSON.parse(line) as Fields);
      seen = lines.length;
      return fresh;
    },
  };
}
