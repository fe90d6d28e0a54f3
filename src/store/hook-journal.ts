import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { systemCode } from "../errors.ts";
import { isObject } from "../schema/is-object.ts";
import { tryLockFile } from "./files/lock.ts";
import { replaceFile } from "./files/replace.ts";

/** What became of an event: lines of it are kept, nothing of it was wanted, or it went wrong; and why. */
export interface HookOutcome {
  readonly outcome: "recorded" | "ignored" | "failed";
  /** Words of ours, never content. */
  readonly why?: string | undefined;
  readonly agent?: string | undefined;
  readonly event?: string | undefined;
}

/** What hooks saw since the journal began, and what became of it. */
export interface HookTally {
  /** Undefined where no hook ever ran. */
  readonly since: string | undefined;
  readonly seen: number;
  readonly recorded: number;
  readonly ignored: number;
  readonly failed: number;
  /** Seen, and nothing after: the hook was killed, or ran out of time. */
  readonly cutOff: number;
  /** Numbers by outcome and reason, such as `ignored: no edit in it`. */
  readonly reasons: Readonly<Record<string, number>>;
}

const keptBytes = 1024 * 1024;
/** A hook that began within these milliseconds may still be at work. */
const atWork = 60_000;

const paths = (home: string) => ({
  journal: join(home, "hook-events.jsonl"),
  old: join(home, "hook-events.old.jsonl"),
  counts: join(home, "hook-counts.json"),
  lock: join(home, ".hook-events.lock"),
});

/**
 * Counts an event: one short line when it comes, one when it is done with, both appended by a single write and without a
 * lock, so that a kill between leaves an event that was seen and nothing else. Never throws. Where there is no home,
 * nothing was ever set up, and nothing is counted.
 */
export function openJournal(
  home: string,
  { hook, now }: { readonly hook: string; readonly now: Date },
): (outcome: HookOutcome) => void {
  const { journal } = paths(home);
  let descriptor: number;
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString("hex");
  try {
    const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK = 0 } = constants;
    descriptor = openSync(journal, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
    const { size } = fstatSync(descriptor);
    writeLine(descriptor, ["seen", id, now.toISOString(), hook]);
    if (size >= keptBytes) rotate(home);
  } catch {
    return () => {};
  }
  return ({ outcome, why, agent, event }) => {
    try {
      writeLine(descriptor, ["done", id, outcome, why ?? "", agent ?? "", event ?? ""]);
    } catch {
      // It counts as cut off, which it is as far as anyone can tell.
    } finally {
      closeSync(descriptor);
    }
  };
}

/** The line break comes first: what a torn line left behind is closed off, and spoils only itself. */
function writeLine(descriptor: number, fields: readonly string[]): void {
  writeSync(descriptor, `\n${JSON.stringify(fields)}`);
}

interface Counts {
  since: string | undefined;
  seen: number;
  cutOff: number;
  reasons: Record<string, number>;
  /** The file that was counted in last, by its inode: after a kill it is not counted twice. */
  folded?: number | undefined;
}

/**
 * Sums up what is old. Hooks that began before may still write into the file that is set aside now, so it is the one
 * set aside before that is counted in and goes. Whoever finds another at it leaves it to them.
 */
function rotate(home: string): void {
  const { journal, old, counts, lock } = paths(home);
  using held = tryLockFile(lock);
  if (held === undefined || (statSync(journal, { throwIfNoEntry: false })?.size ?? 0) < keptBytes) {
    return;
  }
  const former = statSync(old, { throwIfNoEntry: false });
  if (former !== undefined) {
    const sum = readCounts(home);
    if (sum.folded !== former.ino) {
      countLines(sum, old, Infinity);
      replaceFile(counts, JSON.stringify({ ...sum, folded: former.ino }), { durable: false });
    }
    rmSync(old, { force: true });
  }
  renameSync(journal, old);
}

function readCounts(home: string): Counts {
  const none: Counts = { since: undefined, seen: 0, cutOff: 0, reasons: {} };
  try {
    const value: unknown = JSON.parse(readFileSync(paths(home).counts, "utf8"));
    return isObject(value) && isObject(value["reasons"]) && typeof value["seen"] === "number"
      ? { ...none, ...(value as Partial<Counts>) }
      : none;
  } catch {
    return none;
  }
}

function countLines(sum: Counts, file: string, now: number): void {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  const open = new Map<string, string>();
  for (const line of text.split("\n")) {
    const fields = parseLine(line);
    if (fields === undefined) continue;
    const [kind, id = "", third = "", fourth = ""] = fields;
    if (kind === "seen") {
      sum.seen++;
      sum.since ??= third;
      open.set(id, third);
    } else if (kind === "done" && open.delete(id)) {
      const reason = fourth === "" ? third : `${third}: ${fourth}`;
      sum.reasons[reason] = (sum.reasons[reason] ?? 0) + 1;
    }
  }
  for (const time of open.values()) {
    if (now - Date.parse(time) > atWork) sum.cutOff++;
  }
}

function parseLine(line: string): string[] | undefined {
  if (line === "") return undefined;
  try {
    const value: unknown = JSON.parse(line);
    const isSound = Array.isArray(value) && value.every((field) => typeof field === "string");
    return isSound ? (value as string[]) : undefined;
  } catch {
    return undefined;
  }
}

/** What hooks saw and what became of it. Nothing of it is content. */
export function readJournal(home: string, now: Date): HookTally {
  const { journal, old } = paths(home);
  const sum = readCounts(home);
  const isFolded = statSync(old, { throwIfNoEntry: false })?.ino === sum.folded;
  if (!isFolded) countLines(sum, old, now.getTime());
  countLines(sum, journal, now.getTime());
  const { since, seen, cutOff, reasons } = sum;
  const count = (outcome: string): number =>
    Object.entries(reasons).reduce(
      (all, [reason, number]) =>
        reason === outcome || reason.startsWith(`${outcome}: `) ? all + number : all,
      0,
    );
  return {
    since,
    seen,
    recorded: count("recorded"),
    ignored: count("ignored"),
    failed: count("failed"),
    cutOff,
    reasons,
  };
}
