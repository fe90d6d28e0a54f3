import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import type { Repository } from "./find-repository.ts";

/**
 * The commit of a ref that all work trees share, read from git's files: `unborn` where there is none, undefined where
 * only git itself can tell (the reftable format, a ref that names another one).
 */
export function readRefFile(
  { commonDir }: Repository,
  name: string,
): CommitSha | "unborn" | undefined {
  const text = readSmall(join(commonDir, name));
  if (text !== undefined) return isCommitSha(text) ? text : undefined;
  if (existsSync(join(commonDir, "reftable"))) return undefined;
  return readPacked(commonDir, name);
}

function readPacked(commonDir: string, name: string): CommitSha | "unborn" | undefined {
  let packed: Buffer;
  try {
    packed = readFileSync(join(commonDir, "packed-refs"));
  } catch {
    return "unborn";
  }
  const at = packed.indexOf(` ${name}\n`);
  if (at < 0) return "unborn";
  const sha = packed.toString("latin1", packed.lastIndexOf(10, at) + 1, at);
  return isCommitSha(sha) ? sha : undefined;
}

export function readSmall(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
