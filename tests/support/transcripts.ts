import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The directory of real transcripts beside the repository, also from a linked worktree; undefined where there is none. */
export function transcriptsDirectory(): string | undefined {
  const root = resolve(import.meta.dir, "../..");
  const candidate = join(dirname(mainWorkTree(root)), "shared", "data", "transcripts");
  return existsSync(candidate) ? candidate : undefined;
}

function mainWorkTree(root: string): string {
  const anchor = join(root, ".git");
  if (!existsSync(anchor) || statSync(anchor).isDirectory()) return root;
  const gitDirectory = resolve(
    root,
    readFileSync(anchor, "utf8")
      .replace(/^gitdir:\s*/, "")
      .trim(),
  );
  const common = join(gitDirectory, "commondir");
  if (!existsSync(common)) return root;
  return dirname(resolve(gitDirectory, readFileSync(common, "utf8").trim()));
}
