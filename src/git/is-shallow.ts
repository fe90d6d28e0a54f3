import { join } from "node:path";
import type { Repository } from "./find-repository.ts";
import { lookAt } from "./look-at.ts";

/** Whether the history was cut off when the repository was cloned: what lies before the cut is nobody's. */
export function isShallow({ commonDir }: Repository): boolean {
  const stats = lookAt(join(commonDir, "shallow"));
  return stats !== undefined && stats.isFile() && stats.size > 0;
}
