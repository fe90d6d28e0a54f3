import { constants, fchmodSync, fstatSync, mkdirSync, openSync, type Stats } from "node:fs";
import { systemCode } from "../../errors.ts";

const { O_APPEND, O_CREAT, O_EXCL, O_RDWR } = constants;
/** Opening must not wait: where a pipe stands in a file's place, there may never be a writer. */
export const readWithoutWaiting = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const fileMode = 0o600;
const directoryMode = 0o700;

/** Makes a directory and its parents, for this person alone from the moment they exist. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: directoryMode });
}

/** Takes away what others may do with the file: an older client, or a person, may have made it. */
function tighten(descriptor: number, stats: Stats): void {
  if (process.platform !== "win32" && (stats.mode & 0o777) !== fileMode) {
    fchmodSync(descriptor, fileMode);
  }
}

export interface OpenFile {
  readonly descriptor: number;
  readonly stats: Stats;
}

/** Opens a file for reading and appending; makes it, and the directories above it, where they are not there. */
export function openPrivateFile(path: string, directory: string): OpenFile {
  const open = (): number => openSync(path, O_RDWR | O_CREAT | O_APPEND, fileMode);
  let descriptor: number;
  try {
    descriptor = open();
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    makePrivateDirectory(directory);
    descriptor = open();
  }
  const stats = fstatSync(descriptor);
  tighten(descriptor, stats);
  return { descriptor, stats };
}

/** Makes a file that was not there: no link that someone left in its place is followed. */
export function createPrivateFile(path: string): number {
  const descriptor = openSync(path, O_RDWR | O_CREAT | O_EXCL, fileMode);
  tighten(descriptor, fstatSync(descriptor));
  return descriptor;
}
