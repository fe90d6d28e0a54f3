import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AppError, systemCode } from "../../errors.ts";
import { checkWithin, readForeignFile } from "../../foreign-file.ts";

/** A file of the person's that is to hold another text; planned first, so that a dry run is the same plan. */
export interface FileChange {
  /** Absolute. */
  readonly path: string;
  /** Undefined: the file goes. */
  readonly text: string | undefined;
  readonly isExecutable?: boolean;
  /** The directory that it must really stand in, looked at again when it is written. */
  readonly within?: string | undefined;
  /** The name beside it under which what stands there is kept. */
  readonly keepAs?: string | undefined;
  /** Of a file that goes: another one that takes its place, where that is still there. */
  readonly takeFrom?: string | undefined;
}

/** The text of a file; undefined where there is none. Fails for what is no file of settings: see `readForeignFile`. */
export function readText(path: string, within?: string): string | undefined {
  return readForeignFile(path, { within })?.toString("utf8");
}

/**
 * Carries a change out: whole or not at all. What is kept is moved aside first; a kill after that leaves it under
 * its new name, where the next plan finds it. A link stays a link and its target changes; permissions stay.
 */
export function applyChange(change: FileChange): void {
  try {
    apply(change);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const full = ["ENOSPC", "EDQUOT"].includes(systemCode(error) ?? "");
    throw new AppError(
      full ? "disk_full" : "permission_denied",
      `cannot write \`${change.path}\``,
      {
        hint: full
          ? "free some space, then run the command again"
          : "make the file and its directory yours and writable, then run the command again",
        cause: error,
      },
    );
  }
}

function apply({ path, text, isExecutable, keepAs, takeFrom, within }: FileChange): void {
  if (within !== undefined) checkWithin(path, within);
  if (text === undefined) {
    if (takeFrom !== undefined && lstatSync(takeFrom, { throwIfNoEntry: false }) !== undefined) {
      renameSync(takeFrom, path);
      return;
    }
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  const target = keepAs === undefined && existsSync(path) ? realpathSync(path) : path;
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) {
    throw new AppError("damaged_file", `\`${path}\` is no regular file`, {
      hint: "take it away, then run the command again",
    });
  }
  const former = stats?.mode ?? 0o666 & ~process.umask();
  const temporary = `${target}.agent-trace-new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, text, { flag: "wx", flush: true });
  // Who may read a hook may run it, as git's own have it.
  const mode = isExecutable === true ? former | ((former & 0o444) >> 2) : former;
  chmodSync(temporary, mode & 0o777);
  if (keepAs !== undefined) renameSync(path, join(dirname(path), keepAs));
  renameSync(temporary, target);
}
