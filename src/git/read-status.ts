import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Git, readGit, runGit } from "./run-git.ts";

/** A work tree's files that differ from HEAD or that git does not know, without those that it passes over. */
export interface WorkTreeStatus {
  readonly paths: readonly string[];
  /** There were more untracked files than are listed. */
  readonly isCut: boolean;
}

/** Untracked files beyond this are not listed: a build directory that nobody told git to pass over. */
const mostUntracked = 5_000;

/**
 * What `git status` says, at its cost. Untracked directories it names but does not list: those are walked here, without
 * `node_modules` and other repositories. `known` are paths that are known not to be passed over.
 */
export async function readStatus(
  git: Git,
  known: ReadonlySet<string> = new Set(),
): Promise<WorkTreeStatus> {
  const output = await readGit(git, [
    "status",
    "--porcelain=v2",
    "-z",
    "--no-renames",
    "--untracked-files=normal",
    "--ignore-submodules=all",
  ]);
  const paths: string[] = [];
  const found: string[] = [];
  let left = mostUntracked;
  for (const entry of new TextDecoder().decode(output).split("\0")) {
    const kind = entry.charAt(0);
    if (kind === "1") paths.push(pathBehind(entry, 8));
    else if (kind === "u") paths.push(pathBehind(entry, 10));
    else if (kind === "?") {
      const path = entry.slice(2);
      if (path.endsWith("/")) left -= walk(git.repository.workTree, path, { found, left });
      else if (left-- > 0) paths.push(path);
    }
  }
  const fresh = found.filter((path) => !known.has(path));
  const ignored = await readIgnored(git, fresh);
  paths.push(...found.filter((path) => !ignored.has(path)));
  return { paths, isCut: left <= 0 };
}

/** A path may hold blanks; so many fields without any stand before it. */
function pathBehind(entry: string, fields: number): string {
  let at = 0;
  for (let field = 0; field < fields; field++) at = entry.indexOf(" ", at) + 1;
  return entry.slice(at);
}

const passedOver = new Set(["node_modules", ".git"]);

/** Collects the files below an untracked directory; gives how many there were, at most `left`. */
function walk(
  workTree: string,
  directory: string,
  { found, left }: { found: string[]; left: number },
): number {
  if (directory.split("/").some((part) => passedOver.has(part))) return 0;
  const isOther = statSync(join(workTree, directory, ".git"), { throwIfNoEntry: false });
  if (isOther !== undefined) return 0;
  let count = 0;
  let entries;
  try {
    entries = readdirSync(join(workTree, directory), { withFileTypes: true });
  } catch {
    return 0;
  }
  for (const entry of entries) {
    if (count >= left) break;
    const path = `${directory}${entry.name}`;
    if (entry.isDirectory()) count += walk(workTree, `${path}/`, { found, left: left - count });
    else if (entry.isFile()) {
      found.push(path);
      count++;
    }
  }
  return count;
}

/** Those of the paths that git passes over. */
export async function readIgnored(git: Git, paths: readonly string[]): Promise<Set<string>> {
  if (paths.length === 0) return new Set();
  const args = ["--no-literal-pathspecs", "check-ignore", "-z", "--stdin"];
  const { stdout } = await runGit(git, args, {
    input: paths.map((path) => `./${path}\0`).join(""),
  });
  const ignored = new TextDecoder().decode(stdout).split("\0");
  return new Set(ignored.map((path) => path.replace(/^\.\//, "")));
}
