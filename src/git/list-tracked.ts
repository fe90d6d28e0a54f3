import { relative, sep } from "node:path";
import { type Git, runGit } from "./run-git.ts";

/**
 * Tracked files and directories (with `/` behind) one step below what `typed` names, relative to `directory`, which
 * lies in the work tree. Only the part of the index below the typed directories is listed.
 */
export async function listTracked(git: Git, directory: string, typed: string): Promise<string[]> {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  const from = relative(git.repository.workTree, directory).split(sep).join("/");
  if (from === ".." || from.startsWith("../")) return [];
  const inner = { ...git, repository: { ...git.repository, workTree: directory } };
  const { exitCode, stdout } = await runGit(inner, [
    "ls-files",
    "-z",
    "--",
    folder === "" ? "." : folder,
  ]);
  if (exitCode !== 0) return [];
  const steps = new Set<string>();
  for (const path of new TextDecoder().decode(stdout).split("\0")) {
    if (path === "") continue;
    const next = path.indexOf("/", folder.length);
    steps.add(next < 0 ? path : path.slice(0, next + 1));
  }
  return [...steps];
}
