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
