/** Files of others, which may be anything: a link to a device, a pipe that nobody writes to, a directory. */
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import { AppError, systemCode } from "./errors.ts";

/** Settings and hooks are small; what is larger is none. */
export const largestSettings = 1024 * 1024;

export interface ForeignFileOptions {
  /** In bytes; a file that is larger is an error. */
  readonly limit?: number;
  /** The directory that a file must really stand in: what a repository tracks must not lead out of it. */
  readonly within?: string | undefined;
}

/**
 * The bytes of a regular file; undefined where there is none. Never waits, and never reads without end: fails with
 * `damaged_file` for what is no regular file, is too large, or leads out of `within`.
 */
export function readForeignFile(
  path: string,
  { limit = largestSettings, within }: ForeignFileOptions = {},
): Buffer | undefined {
  if (within !== undefined) checkWithin(path, within);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw unfit(path, "it is no regular file");
    if (stats.size > limit) throw unfit(path, "it is larger than a settings file can be");
    return readFileSync(descriptor);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new AppError("permission_denied", `cannot read \`${path}\``, { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** As `readForeignFile` for a file of any size, such as one that an agent edits. */
export function readRegularFile(path: string): Buffer | undefined {
  return readForeignFile(path, { limit: Number.POSITIVE_INFINITY });
}

/** Fails where a path, its links followed, leads out of a directory. What is not there yet counts by what is. */
export function checkWithin(path: string, directory: string): void {
  const root = realpathSync(directory);
  const real = realPathSoFar(path);
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw unfit(path, "it leads out of the repository");
  }
}

function realPathSoFar(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : realPathSoFar(parent);
  }
}

function unfit(path: string, reason: string): AppError {
  return new AppError("damaged_file", `\`${path}\` is left alone: ${reason}`, {
    hint: "put a regular file in its place, or take it away",
    details: { reason },
  });
}
