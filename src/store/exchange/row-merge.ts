import { fdatasyncSync, openSync, closeSync } from "node:fs";
import type { Merged, ReceivedRow } from "../../schema/exchange.ts";
import type { RowResource } from "../../schema/resource.ts";
import { appendLines, lockForAppend } from "../files/append.ts";
import type { RowPlace } from "../index/rows.ts";
import { hashKey } from "../index/indexed-row.ts";
import { claimsAll, keepBeside } from "./differing-ledgers.ts";
import { notePulled, readPulled, wasPulled } from "./pulled-ledgers.ts";
import type { Manifest } from "./manifest.ts";
import { type Aspect, type ProjectIndex, rowFile } from "../index/project-index.ts";

export interface MergeTarget {
  readonly index: ProjectIndex;
  readonly manifest: Manifest;
  readonly remote: number;
}

/**
 * What is asked of rows by their paths is brought up to date as they come: otherwise the first `blame` after a pull would
 * read all of them again.
 */
function followed(resource: RowResource): Aspect[] {
  if (resource === "traces") return ["traces", "paths"];
  return resource === "ledgers" ? ["ledgers", "claims"] : [resource];
}

/** Whether the first row of a key counts, and not the last. */
function isFirst(resource: RowResource): boolean {
  return resource === "traces" || resource === "summaries";
}

/** Whether both say the same, whatever the order of their keys and the blanks between them. */
function saysTheSame(
  target: MergeTarget,
  place: RowPlace,
  row: ReceivedRow,
  resource: RowResource,
): boolean {
  if (isFirst(resource)) return true;
  if (place.digest === String(hashKey(row.text))) return true;
  const [text = "null"] = target.index.texts(resource, [place]);
  try {
    return Bun.deepEquals(JSON.parse(text), row.value);
  } catch {
    return false;
  }
}

export interface MergePlan extends Merged {
  /** Rows to append, in their order. */
  readonly fresh: readonly ReceivedRow[];
  /** Rows that were here: the remote has them, as it just showed. */
  readonly known: readonly number[];
  /** Ledgers of teammates that claim less than what this machine linked itself, or other lines. */
  readonly beside: readonly ReceivedRow[];
}

/**
 * What a page brings that is not here. A ledger or commit link in another form than ours is news, unless ours has not
 * been pushed yet: then ours is the newer one. A ledger that this machine linked itself gives way only to one that
 * claims at least the same.
 */
export function planMerge(
  target: MergeTarget,
  resource: RowResource,
  rows: readonly ReceivedRow[],
): MergePlan {
  const fresh = new Map<string, ReceivedRow>();
  const beside = new Map<string, ReceivedRow>();
  const known: number[] = [];
  let pulled: ReadonlySet<string> | undefined;
  let skipped = 0;
  const isProtected = (place: RowPlace, row: ReceivedRow): boolean => {
    if (resource !== "ledgers") return false;
    if (wasPulled((pulled ??= readPulled(target.index.project)), place)) return false;
    return !claimsAll(row.value, parse(target.index.texts(resource, [place])[0]));
  };
  for (const row of rows) {
    const earlier = fresh.get(row.key);
    const place = earlier === undefined ? target.index.rows.find(resource, row.key) : undefined;
    if (earlier !== undefined) {
      skipped++;
      // Of a ledger the last form counts, also within a page.
      if (!isFirst(resource)) fresh.set(row.key, row);
    } else if (place === undefined) fresh.set(row.key, row);
    else if (saysTheSame(target, place, row, resource)) {
      known.push(place.seq);
      skipped++;
    } else if (!target.manifest.isSent(target.remote, resource, place.seq)) skipped++;
    else if (isProtected(place, row)) {
      beside.set(row.key, row);
      skipped++;
    } else fresh.set(row.key, row);
  }
  const differing = beside.size === 0 ? {} : { differing: [...beside.keys()] };
  const values = { fresh: [...fresh.values()], beside: [...beside.values()] };
  return { ...values, known, merged: fresh.size, skipped, ...differing };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}

/**
 * Brings in rows of which the first of a key counts. They enter the index as if they stood in the file already, which
 * finds those that are here at no further cost, and are then appended: its lock, held from before, makes that true.
 * Undefined where a hook has appended in between, or the last line lacks its end.
 */
function mergeFirst(
  target: MergeTarget,
  resource: RowResource,
  rows: readonly ReceivedRow[],
): Merged | undefined {
  const { index, manifest, remote } = target;
  using file = lockForAppend(rowFile(index.project, resource));
  const reader = index.reader(resource);
  if (file.torn || reader.isBehind()) return undefined;
  const sent: number[] = [];
  const fresh: string[] = [];
  let offset = file.stats.size;
  for (const { key, text, value } of rows) {
    const length = Buffer.byteLength(text);
    const seq = index.rows.add(resource, { offset, length, text, value });
    if (typeof seq === "number") {
      sent.push(seq);
      fresh.push(text);
      if (resource === "traces") index.rows.facts.addPaths(seq, value);
      offset += length + 1;
    } else sent.push(index.rows.find(resource, key)?.seq ?? 0);
  }
  if (fresh.length > 0) {
    file.append(fresh);
    for (const aspect of followed(resource)) index.reader(aspect).advance(offset);
    index.rows.settle();
  }
  manifest.acknowledge(remote, resource, sent);
  return { merged: fresh.length, skipped: rows.length - fresh.length };
}

/** Rows that are compared with what is here, then appended, then read back. */
function mergeCompared(
  target: MergeTarget,
  resource: RowResource,
  rows: readonly ReceivedRow[],
): Merged {
  const { index, manifest, remote } = target;
  const { fresh, beside, known, ...merged } = planMerge(target, resource, rows);
  const sent = [...known];
  if (beside.length > 0) keepBeside(index.project, beside);
  if (fresh.length > 0) {
    appendLines(
      rowFile(index.project, resource),
      fresh.map(({ text }) => text),
      { again: true },
    );
    if (resource === "ledgers") notePulled(index.project, fresh);
    index.catchUp(followed(resource));
    for (const { key } of fresh) sent.push(index.rows.find(resource, key)?.seq ?? 0);
  }
  manifest.acknowledge(remote, resource, sent);
  return merged;
}

/** Appends the rows that are not here and enters all of them as sent. The caller's transaction is open. */
export function mergeRows(
  target: MergeTarget,
  resource: RowResource,
  rows: readonly ReceivedRow[],
): Merged {
  target.index.catchUp(followed(resource));
  const merged = isFirst(resource) ? mergeFirst(target, resource, rows) : undefined;
  if (merged !== undefined) return merged;
  target.index.catchUp(followed(resource));
  return mergeCompared(target, resource, rows);
}

/** Waits until what was appended to a file is on the disk itself. */
export function syncRowFile(index: ProjectIndex, resource: RowResource): void {
  const descriptor = openSync(rowFile(index.project, resource), "r+");
  try {
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
