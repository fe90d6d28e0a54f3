import { isObject } from "../schema/is-object.ts";
import { renameSync, statSync } from "node:fs";
import { AppError } from "../errors.ts";
import { appendLines } from "./files/append.ts";
import { lockFile } from "./files/lock.ts";
import { homePaths } from "./files/paths.ts";
import { readRecords } from "./files/read-lines.ts";

/** What went wrong in a hook: the event and the reason, never content. */
export interface HookError {
  readonly time: string;
  /** Such as `record` or `commit-link`. */
  readonly hook: string;
  /** Name of the agent's event, where it is known. */
  readonly event?: string;
  readonly agent?: string;
  readonly reason: string;
}

const keptBytes = 1024 * 1024;

function oldName(path: string): string {
  return path.replace(/\.jsonl$/, ".old.jsonl");
}

/** A hook that fails at every event must not fill the disk: the file is started anew at 1 MiB, the last one is kept. */
function rotate(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < keptBytes) return;
  using file = lockFile(path);
  if (file.stats.size >= keptBytes) renameSync(path, oldName(path));
}

export function appendHookError(home: string, error: HookError): void {
  const path = homePaths(home).hookErrors;
  rotate(path);
  appendLines(path, [JSON.stringify(error)]);
}

/** The oldest first. A journal that cannot be read is warned of: it must not hide what else there is to tell. */
export function readHookErrors(home: string, warn: (message: string) => void): HookError[] {
  try {
    return readJournal(home);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    warn(error.message);
    return [];
  }
}

function readJournal(home: string): HookError[] {
  const path = homePaths(home).hookErrors;
  const errors: HookError[] = [];
  for (const name of [oldName(path), path]) {
    for (const { value } of readRecords(name)) {
      if (!isObject(value) || typeof value["reason"] !== "string") continue;
      if (typeof value["time"] === "string" && typeof value["hook"] === "string") {
        errors.push(value as unknown as HookError);
      }
    }
  }
  return errors;
}
