import { statSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "./find-repository.ts";

/** Whether the history was cut off when the repository was cloned: what lies before the cut is nobody's. */
export function isShallow({ commonDir }: Repository): boolean {
  const stats = statSync(join(commonDir, "shallow"), { throwIfNoEntry: false });
  return stats !== undefined && stats.isFile() && stats.size > 0;
}
