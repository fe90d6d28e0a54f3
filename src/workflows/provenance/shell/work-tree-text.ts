import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isBinary, isPointer } from "../../../attribution/lines.ts";

/** Larger files are generated: their lines are not compared. */
const mostBytes = 4 * 1024 * 1024;

/** What changes when a file is written: its size, its times, its place on the disk. Empty where there is none. */
export function fileMark(workTree: string, path: string): string {
  const stats = lstatSync(join(workTree, path), { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) return "";
  return `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.ino}`;
}

/** The bytes of a file of the work tree; empty where there is none, undefined where lines mean nothing in it. */
export function readLinesOf(workTree: string, path: string): Uint8Array | undefined {
  const stats = lstatSync(join(workTree, path), { throwIfNoEntry: false });
  if (stats === undefined) return new Uint8Array(0);
  if (!stats.isFile() || stats.size > mostBytes) return undefined;
  const content = readFileSync(join(workTree, path));
  return hasLines(content) ? content : undefined;
}

export function hasLines(content: Uint8Array): boolean {
  return content.length <= mostBytes && !isBinary(content) && !isPointer(content);
}

/** Clocks of a file system tick in steps. */
const tick = 20;

/**
 * Whether a file's text is older than a command that began at a time, as `Date.now()`: it was moved to where it stands, or
 * put there with its former time. Compared are two times of the file system, whose clock may be another one.
 */
export function wasWrittenBefore(workTree: string, path: string, since: number): boolean {
  const stats = lstatSync(join(workTree, path), { throwIfNoEntry: false });
  return stats !== undefined && stats.ctimeMs - stats.mtimeMs > Date.now() - since + tick;
}
