import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { sep } from "node:path";
import { systemCode } from "../../errors.ts";

/** Directories of secrets; nothing below them is a transcript, whatever it is called. */
const secretDirectories = [".ssh", ".gnupg", ".aws"];

/**
 * Why a file is not to be copied, though a payload calls it a transcript; undefined where nothing speaks against it.
 * A transcript is a regular file of this person's that holds JSON, outside of our own data and of where secrets are.
 * Its links are followed first.
 */
export function unfitSource(path: string, home: string): string | undefined {
  let descriptor: number | undefined;
  try {
    const real = realpathSync.native(path);
    const parts = real.split(sep);
    if (secretDirectories.some((name) => parts.includes(name))) return "it is where secrets are";
    if (isBelow(real, home)) return "it is data of agent-trace itself";
    descriptor = openSync(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return "it is no regular file";
    const user = process.getuid?.();
    if (user !== undefined && stats.uid !== user) return "it is another user's";
    return startsAsJson(descriptor) ? undefined : "it does not hold JSON";
  } catch (error) {
    const code = systemCode(error);
    // One that is not there yet, or cannot be read, is told by who copies it.
    return code === undefined ? "it cannot be looked at" : undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function isBelow(path: string, directory: string): boolean {
  try {
    return path.startsWith(`${realpathSync.native(directory)}${sep}`);
  } catch {
    return false;
  }
}

/** Whether the first byte that is no blank opens an object or a list; a file of blanks has nothing to hide. */
function startsAsJson(descriptor: number): boolean {
  const bytes = Buffer.allocUnsafe(4096);
  const read = readSync(descriptor, bytes, 0, bytes.length, 0);
  const text = bytes
    .toString("utf8", 0, read)
    .replace(/^\uFEFF/, "")
    .trimStart();
  return text === "" ? read < bytes.length : text.startsWith("{") || text.startsWith("[");
}
