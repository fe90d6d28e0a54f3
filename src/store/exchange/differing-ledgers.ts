import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReceivedRow } from "../../schema/exchange.ts";
import { isObject } from "../../schema/is-object.ts";
import { type Ledger, readLedger } from "../../schema/ledger.ts";
import { appendLines } from "../files/append.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readRecords } from "../files/read-lines.ts";
import { replaceFile } from "../files/replace.ts";
import { lockFile } from "../files/lock.ts";
import { notePulled } from "./pulled-ledgers.ts";

/**
 * What this machine linked itself is never replaced by a ledger that a pull brings, unless that claims at least the
 * same lines. A teammate's ledger that claims less, or other lines, is kept beside ours until a person accepts it.
 */

/** A teammate's ledger of a commit that this machine linked otherwise. `text` is the row byte for byte. */
export interface DifferingLedger {
  readonly text: string;
  readonly ledger: Ledger;
}

const besidePath = (project: ProjectPaths): string =>
  join(project.directory, "differing-ledgers.jsonl");

/** Whether one ledger claims every line that the other one claims, for the same trace. */
export function claimsAll(theirs: unknown, ours: unknown): boolean {
  const [other, own] = [readLedger(theirs), readLedger(ours)];
  if (own === undefined) return true;
  if (other === undefined) return false;
  return Object.entries(own.files).every(([path, { line_attributions: segments }]) => {
    const file = Object.hasOwn(other.files, path) ? other.files[path] : undefined;
    const spans = Map.groupBy(file?.line_attributions ?? [], ({ trace_id: trace }) => trace);
    const joined = new Map([...spans].map(([trace, found]) => [trace, joinSpans(found)]));
    return segments.every(({ trace_id: trace, start_line: start, end_line: end }) =>
      joined.get(trace)?.some((span) => span.start <= start && end <= span.end),
    );
  });
}

interface Span {
  readonly start: number;
  end: number;
}

/** Spans that touch as one, from the top. */
function joinSpans(
  segments: readonly { readonly start_line: number; readonly end_line: number }[],
): Span[] {
  const spans: Span[] = [];
  for (const { start_line: start, end_line: end } of segments.toSorted(
    (one, other) => one.start_line - other.start_line,
  )) {
    const last = spans.at(-1);
    if (last !== undefined && start <= last.end + 1) last.end = Math.max(last.end, end);
    else spans.push({ start, end });
  }
  return spans;
}

/** Keeps rows beside our own ledgers; durable when it returns. A row that is there already is not written again. */
export function keepBeside(project: ProjectPaths, rows: readonly ReceivedRow[]): void {
  const known = new Set([...differingLedgers(project).values()].map(({ text }) => text));
  const fresh = rows.map(({ text }) => text).filter((text) => !known.has(text));
  if (fresh.length > 0) appendLines(besidePath(project), fresh, { durable: true });
}

/** Ledgers of teammates that wait for a decision, by commit; of several the last one that came. */
export function differingLedgers(project: ProjectPaths): Map<string, DifferingLedger> {
  const found = new Map<string, DifferingLedger>();
  for (const { text, value } of readRecords(besidePath(project))) {
    const ledger = readLedger(value);
    if (ledger === undefined) continue;
    found.delete(ledger.commit_sha);
    found.set(ledger.commit_sha, { text, ledger });
  }
  return found;
}

/**
 * Takes a teammate's ledger as the commit's. Order: the row into `ledgers.jsonl`, the note that it was pulled, then it
 * no longer waits. A kill in between leaves a ledger that can be accepted once more. Undefined where none waits.
 */
export function acceptLedger(project: ProjectPaths, commit: string): Ledger | undefined {
  const waiting = differingLedgers(project).get(commit);
  if (waiting === undefined) return undefined;
  appendLines(project.ledgers, [waiting.text], { durable: true });
  notePulled(project, [{ key: commit, text: waiting.text }]);
  dropWaiting(project, commit);
  return waiting.ledger;
}

function dropWaiting(project: ProjectPaths, commit: string): void {
  const path = besidePath(project);
  using _lock = lockFile(path);
  const kept = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "" && commitOf(line) !== commit);
  replaceFile(path, kept.map((line) => `${line}\n`).join(""));
}

function commitOf(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value["commit_sha"] : undefined;
  } catch {
    return undefined;
  }
}
