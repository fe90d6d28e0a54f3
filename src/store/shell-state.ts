import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../schema/digest.ts";
import { type PendingClaim } from "../schema/pending.ts";
import { isObject } from "../schema/is-object.ts";
import { replaceFile } from "./files/replace.ts";
import type { PendingPlace } from "./pending.ts";

/** A command of an agent that may be changing files. */
export interface ShellWindow {
  readonly id: string;
  readonly session: string | undefined;
  readonly openedAt: number;
  /** Under which its lines are claimed, but for the trace's id and time. */
  readonly origin: Omit<PendingClaim, "traceId" | "timestamp">;
  readonly toolName: string | undefined;
  /** It goes on behind the tool call; the agent's name for it, where it has one. */
  readonly background?: string | true | undefined;
  /** Its processes, where they were found: the look that finds them gone is the last one that it counts for. */
  readonly processes?: readonly string[] | undefined;
}

/**
 * A work tree as an agent's last command, or the look after it, left it: which files differed from HEAD, and how to tell
 * that one has changed since. Their texts stand in pending files, or beside this one where no agent wrote in them.
 */
export interface ShellState {
  readonly version: 1;
  readonly head: string | undefined;
  /** Bytes of HEAD's log. */
  readonly headLog: number;
  /** Tells that git has been at work: index and stash. */
  readonly marks: string;
  readonly stash: string | undefined;
  readonly files: Readonly<Record<string, string>>;
}

const fileName = "shell-state";
/** Apart: every event of a session asks for it, however many files differ from HEAD. */
const windowsName = "shell-windows";

export function readShellState(place: PendingPlace): ShellState | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(place.directory, fileName), "utf8"));
    const isSound = isObject(value) && value["version"] === 1 && isObject(value["files"]);
    return isSound ? (value as unknown as ShellState) : undefined;
  } catch {
    return undefined;
  }
}

/** The caller holds the lock of the pending files. */
export function writeShellState(place: PendingPlace, state: ShellState): void {
  replaceFile(join(place.directory, fileName), JSON.stringify(state), { durable: false });
}

/** The commands that had not ended when somebody last looked. */
export function readShellWindows(place: PendingPlace): readonly ShellWindow[] {
  try {
    const value: unknown = JSON.parse(readFileSync(join(place.directory, windowsName), "utf8"));
    const isWindow = (entry: unknown): boolean =>
      isObject(entry) && typeof entry["id"] === "string" && isObject(entry["origin"]);
    return Array.isArray(value) ? (value.filter(isWindow) as ShellWindow[]) : [];
  } catch {
    return [];
  }
}

/** The caller holds the lock of the pending files. */
export function writeShellWindows(place: PendingPlace, windows: readonly ShellWindow[]): void {
  replaceFile(join(place.directory, windowsName), JSON.stringify(windows), { durable: false });
}

/** When somebody last looked, as the file system's clock has it. */
export function lookTime({ directory }: PendingPlace): number {
  const timeOf = (name: string): number =>
    statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Math.max(timeOf(fileName), timeOf(windowsName));
}

function seenFile(place: PendingPlace, path: string): string {
  return join(place.directory, "seen", sha256Hex(path));
}

/** The text of a file as it stood at the last look, where that was kept. */
export function readSeen(place: PendingPlace, path: string): string | undefined {
  try {
    return readFileSync(seenFile(place, path), "utf8");
  } catch {
    return undefined;
  }
}

export function writeSeen(place: PendingPlace, path: string, text: string): void {
  replaceFile(seenFile(place, path), text, { durable: false });
}

export function deleteSeen(place: PendingPlace, path: string): void {
  rmSync(seenFile(place, path), { force: true });
}

const takenName = "taken-lines";
/** Beyond this the oldest are forgotten. */
const mostTaken = 20_000;

/** Lines that commands took out of the work tree and no commit has, by hash: they may come back. */
export function readTaken(place: PendingPlace): ReadonlySet<string> {
  try {
    return new Set(
      readFileSync(join(place.directory, takenName), "utf8").split("\n").filter(Boolean),
    );
  } catch {
    return new Set();
  }
}

/** The caller holds the lock of the pending files. */
export function addTaken(place: PendingPlace, hashes: readonly string[]): void {
  const all = [...new Set([...readTaken(place), ...hashes])].slice(-mostTaken);
  replaceFile(join(place.directory, takenName), all.join("\n"), { durable: false });
}
