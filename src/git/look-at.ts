import { type Stats, statSync } from "node:fs";

/**
 * What stands at a path, links followed. Undefined for nothing, and for what cannot be looked at: a name that is too
 * long, a directory that is closed to us, links that go round.
 */
export function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
