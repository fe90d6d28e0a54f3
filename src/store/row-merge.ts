import { fdatasyncSync, openSync, closeSync } from "node:fs";
import type { Merged, ReceivedRow } from "../schema/exchange.ts";
import type { RowResource } from "../schema/resource.ts";
import { appendLines } from "./append.ts";
import type { FiledRow, RowPlace } from "./index-rows.ts";
import { hashKey } from "./indexed-row.ts";
import type { Manifest } from "./manifest.ts";
import { type ProjectIndex, rowFile } from "./project-index.ts";

export interface MergeTarget {
  readonly index: ProjectIndex;
  readonly manifest: Manifest;
  readonly remote: number;
}

/** Whether both say the same, whatever the order of their keys and the blanks between them. */
function saysTheSame(
  target: MergeTarget,
  place: RowPlace,
  row: ReceivedRow,
  resource: RowResource,
): boolean {
  if (resource === "traces" || resource === "summaries") return true;
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
}

/**
 * What a page brings that is not here. A ledger or commit link in another form than ours is news, unless ours has not
 * been pushed yet: then ours is the newer one.
 */
export function planMerge(
  target: MergeTarget,
  resource: RowResource,
  rows: readonly ReceivedRow[],
): MergePlan {
  const fresh = new Map<string, ReceivedRow>();
  const known: number[] = [];
  let skipped = 0;
  for (const row of rows) {
    const earlier = fresh.get(row.key);
    const place = earlier === undefined ? target.index.rows.find(resource, row.key) : undefined;
    if (earlier !== undefined) {
      skipped++;
      // Of a ledger the last form counts, also within a page.
      if (resource !== "traces") fresh.set(row.key, row);
    } else if (place === undefined) fresh.set(row.key, row);
    else if (saysTheSame(target, place, row, resource)) {
      known.push(place.seq);
      skipped++;
    } else if (target.manifest.isSent(target.remote, resource, place.seq)) fresh.set(row.key, row);
    else skipped++;
  }
  return { fresh: [...fresh.values()], known, merged: fresh.size, skipped };
}

/** Appends what is fresh and enters it into the index, all of it as sent. The caller's transaction is open. */
export function applyMerge(target: MergeTarget, resource: RowResource, plan: MergePlan): void {
  const { index, manifest, remote } = target;
  const sent = [...plan.known];
  if (plan.fresh.length > 0) {
    const reader = index.reader(resource);
    const appended = appendLines(
      rowFile(index.project, resource),
      plan.fresh.map(({ text }) => text),
    );
    // A hook that appended in between is read along with ours.
    if (appended.offset === reader.consumed) {
      let offset = appended.offset;
      for (const { text, value } of plan.fresh) {
        const row: FiledRow = { offset, length: Buffer.byteLength(text), text, value };
        index.rows.add(resource, row);
        offset += row.length + 1;
      }
      reader.advance(offset);
    } else index.catchUp([resource]);
    for (const { key } of plan.fresh) {
      const place = index.rows.find(resource, key);
      if (place !== undefined) sent.push(place.seq);
    }
  }
  manifest.acknowledge(remote, resource, sent);
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
