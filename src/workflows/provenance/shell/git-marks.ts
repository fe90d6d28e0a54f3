import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "../../../git/find-repository.ts";

/** What tells, without starting it, that git has changed something: its index, its stash, the length of HEAD's log. */
export interface GitMarks {
  readonly marks: string;
  readonly stash: string | undefined;
  readonly headLog: number;
}

export function readGitMarks({ gitDir, commonDir }: Repository): GitMarks {
  const index = statSync(join(gitDir, "index"), { throwIfNoEntry: false });
  const stash = readStash(join(commonDir, "refs", "stash"));
  const log = statSync(join(gitDir, "logs", "HEAD"), { throwIfNoEntry: false });
  return {
    marks: `${index?.ino} ${index?.mtimeMs} ${index?.size} ${stash}`,
    stash,
    headLog: log?.size ?? 0,
  };
}

function readStash(file: string): string | undefined {
  try {
    return /^[0-9a-f]{40,64}$/.exec(readFileSync(file, "utf8").trim())?.[0];
  } catch {
    return undefined;
  }
}
