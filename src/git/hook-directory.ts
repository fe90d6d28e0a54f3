import { existsSync, lstatSync, realpathSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { readForeignFile } from "../foreign-file.ts";
import type { ExistingHook } from "./hook-script.ts";
import { isIgnored } from "./is-ignored.ts";
import { type Git, readGitText } from "./run-git.ts";

export interface HookDirectory {
  /** Absolute; it need not exist yet. */
  readonly path: string;
  /**
   * `own`: this clone's alone. `generated`: in the work tree but ignored by git, as husky makes it, and made anew
   * by its tool. `team`: tracked files of the work tree. `elsewhere`: outside, where other repositories may use it.
   */
  readonly kind: "own" | "generated" | "team" | "elsewhere";
}

/** Where git looks for this repository's hooks, and who else does. */
export async function readHookDirectory(git: Git): Promise<HookDirectory> {
  const { workTree, commonDir } = git.repository;
  const named = await readGitText(git, ["rev-parse", "--git-path", "hooks"]);
  const path = resolve(workTree, named.replace(/\r?\n$/, ""));
  const real = realPath(path);
  if (isWithin(commonDir, real)) return { path, kind: "own" };
  if (!isWithin(workTree, real)) return { path, kind: "elsewhere" };
  const probe = relative(workTree, join(real, "post-commit"));
  return { path, kind: (await isIgnored(git, probe)) ? "generated" : "team" };
}

/** The hook of that name; undefined where there is none. */
export function readHook(directory: HookDirectory, name: string): ExistingHook | undefined {
  const path = join(directory.path, name);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile()) return { text: undefined, isExecutable: false, isLink: true };
  const text = readScript(path);
  // Windows has no such bit; git runs what is there.
  const isExecutable = process.platform === "win32" || (stats.mode & 0o111) !== 0;
  return { text, isExecutable, isLink: false };
}

/** Undefined for what is no text, or not ours to read: such a hook is kept and called, never edited. */
function readScript(path: string): string | undefined {
  try {
    const content = readForeignFile(path);
    if (content === undefined) return undefined;
    const text = content.toString("utf8");
    return !content.includes(0) && Buffer.from(text).equals(content) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Names for a hook that must make way for ours: the one in use where ours is missing, and one that is free. */
export function keptNames(directory: HookDirectory, name: string) {
  const taken = (candidate: string): boolean => existsSync(join(directory.path, candidate));
  const first = `${name}.before-agent-trace`;
  let freeName = first;
  for (let number = 2; taken(freeName); number++) freeName = `${first}-${number}`;
  return { freeName, orphan: taken(first) ? first : undefined };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isWithin(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory + sep);
}
