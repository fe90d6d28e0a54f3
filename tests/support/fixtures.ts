import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A payload from `tests/fixtures/<agent>/<name>.json`, with some of its fields set anew. */
export function payload(name: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const file = join(import.meta.dir, "../fixtures", `${name}.json`);
  return JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...changes });
}
