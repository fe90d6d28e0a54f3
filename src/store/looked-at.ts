import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../schema/is-object.ts";
import type { ProjectPaths } from "./files/paths.ts";
import { replaceFile } from "./files/replace.ts";
import { type PendingPlace, lockPending } from "./pending.ts";

/** How far a work tree's commits have been looked at. */
export interface LookedAt {
  /** The commit at which HEAD stood when all before it had been looked at. */
  readonly head: string | undefined;
  /** Commits that were looked at with all before them; a few of the last ones, newest last. */
  readonly tips: readonly string[];
  /** Commits made here of which no hook told, oldest first; a few of the last ones. */
  readonly missed?: readonly MissedCommit[];
  /** Which pulled ledgers these commits were looked at with; undefined where none was. */
  readonly pulled?: PulledSeen | undefined;
}

export interface PulledSeen {
  /** How far the list of pulled ledgers had come. */
  readonly bytes: number;
  /**
   * What there was no time for: the commits after this one are still to be looked at again, for the ledgers from this
   * byte of the list on.
   */
  readonly rest?: { readonly from: number; readonly after: string | undefined } | undefined;
}

/** How far the list of pulled ledgers goes. */
export function pulledBytes(project: ProjectPaths): number {
  return statSync(project.pulledLedgers, { throwIfNoEntry: false })?.size ?? 0;
}

/** Whether a pull has brought ledgers since a work tree's commits were looked at. One question to the disk. */
export function hasPulledSince(project: ProjectPaths, { pulled }: LookedAt): boolean {
  return pulledBytes(project) !== (pulled?.bytes ?? 0) || pulled?.rest !== undefined;
}

export interface MissedCommit {
  readonly commit: string;
  /** When it was found. */
  readonly time: string;
}

const fileName = "looked-at";
const keptTips = 32;
const keptMissed = 20;

function read(directory: string): LookedAt {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, fileName), "utf8"));
    if (!isObject(value) || !Array.isArray(value["tips"])) return { head: undefined, tips: [] };
    const { head } = value;
    const tips = value["tips"].filter((tip) => isName(tip));
    const isMissed = (entry: unknown): boolean =>
      isObject(entry) && isName(entry["commit"]) && typeof entry["time"] === "string";
    const missed = Array.isArray(value["missed"]) ? value["missed"].filter(isMissed) : [];
    return {
      head: isName(head) ? head : undefined,
      tips,
      missed: missed as MissedCommit[],
      pulled: readPulledSeen(value["pulled"]),
    };
  } catch {
    return { head: undefined, tips: [] };
  }
}

function readPulledSeen(value: unknown): PulledSeen | undefined {
  if (!isObject(value) || !Number.isSafeInteger(value["bytes"])) return undefined;
  const bytes = Number(value["bytes"]);
  const { rest } = value;
  if (!isObject(rest) || !Number.isSafeInteger(rest["from"])) return { bytes };
  const { from, after } = rest;
  return { bytes, rest: { from: Number(from), after: isName(after) ? after : undefined } };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{40,64}$/.test(value);
}

export function readLookedAt(place: PendingPlace): LookedAt {
  return read(place.directory);
}

/** What any work tree of the project has looked at: commits are the same in all of them. */
export function readKnownTips(project: ProjectPaths): string[] {
  let names: string[];
  try {
    names = readdirSync(project.pending);
  } catch {
    return [];
  }
  return [...new Set(names.flatMap((name) => read(join(project.pending, name)).tips))];
}

/** Notes tips beside those that are known. Lost by a power cut or a damaged file, it costs a second look. */
export function noteLookedAt(
  place: PendingPlace,
  { head, tips, missed = [], pulled }: LookedAt,
): void {
  using _lock = lockPending(place);
  const former = read(place.directory);
  const known = former.tips.filter((tip) => !tips.includes(tip));
  const noted: LookedAt = {
    head,
    tips: [...known, ...tips].slice(-keptTips),
    missed: [...(former.missed ?? []), ...missed].slice(-keptMissed),
    pulled: pulled ?? former.pulled,
  };
  replaceFile(join(place.directory, fileName), JSON.stringify(noted), { durable: false });
}
