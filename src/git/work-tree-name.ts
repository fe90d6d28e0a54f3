import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "./find-repository.ts";

/**
 * A name for a work tree that it keeps when the repository, or the work tree, is moved. The main one has the same name in
 * every repository. A linked one is named by a file of ours in git's directory for it: git's own name for it may be used
 * again after `git worktree remove`, and that file goes with the directory.
 */
export function workTreeName(repository: Repository): string {
  if (repository.gitDir === repository.commonDir) return "main";
  const file = join(repository.gitDir, "agent-trace-work-tree");
  const known = readName(file);
  if (known !== undefined) return known;
  const name = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
  try {
    writeFileSync(file, `${name}\n`, { flag: "wx" });
    return name;
  } catch {
    // Another process was faster, or nothing may be written here: then git's own name must do.
    return readName(file) ?? repository.gitDir.slice(repository.commonDir.length);
  }
}

function readName(file: string): string | undefined {
  try {
    return /^[0-9a-f]{32}$/.exec(readFileSync(file, "utf8").trim())?.[0];
  } catch {
    return undefined;
  }
}
