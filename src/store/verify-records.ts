import { basename } from "node:path";
import { isObject } from "../schema/is-object.ts";
import { readLedger } from "../schema/ledger.ts";
import type { RowResource } from "../schema/resource.ts";
import type { ProjectPaths } from "./files/paths.ts";
import { readRecords } from "./files/read-lines.ts";
import { hashKey, indexedRow } from "./index/indexed-row.ts";
import { rowFile } from "./index/project-index.ts";

export interface RecordsCheck {
  /** `traces.jsonl` and the like. */
  readonly name: string;
  readonly records: number;
  /** Where lines begin that are no records; half a line at the end is one that is being written, or was cut off. */
  readonly unreadable: readonly number[];
  /** Ids that stand there more than once, though each record of the kind has its own. */
  readonly repeated: readonly string[];
}

/** Reads every line of a file of records. Of ledgers and commit links the last line of a commit counts, so they repeat. */
export function verifyRecords(project: ProjectPaths, resource: RowResource): RecordsCheck {
  const path = rowFile(project, resource);
  const unreadable: number[] = [];
  const isUnique = resource === "traces" || resource === "summaries";
  /** Keys as numbers, a quarter of their size in memory; which are really the same is looked up. */
  const seen = new Set<number>();
  const suspects = new Set<number>();
  let records = 0;
  for (const { value, offset } of readRecords(path, {
    onUnreadable: (line) => void unreadable.push(line.offset),
  })) {
    const key = isObject(value) ? indexedRow(resource, value)?.key : undefined;
    if (key === undefined) unreadable.push(offset);
    else {
      records++;
      const number = hashKey(key);
      if (isUnique && seen.has(number)) suspects.add(number);
      seen.add(number);
    }
  }
  const repeated = suspects.size === 0 ? [] : repeatedKeys(path, resource, suspects);
  return { name: basename(path), records, unreadable, repeated };
}

function repeatedKeys(
  path: string,
  resource: RowResource,
  suspects: ReadonlySet<number>,
): string[] {
  const times = new Map<string, number>();
  for (const { value } of readRecords(path)) {
    const key = isObject(value) ? indexedRow(resource, value)?.key : undefined;
    if (key !== undefined && suspects.has(hashKey(key))) times.set(key, (times.get(key) ?? 0) + 1);
  }
  return [...times].filter(([, count]) => count > 1).map(([key]) => key);
}

/** How far a commit's ledger reaches in each of its files. */
export interface LedgerExtent {
  readonly commit: string;
  readonly lastLines: ReadonlyMap<string, number>;
}

/** The ledgers that count, by what lines they name. */
export function ledgerExtents(project: ProjectPaths): LedgerExtent[] {
  const last = new Map<string, LedgerExtent>();
  for (const { value } of readRecords(rowFile(project, "ledgers"))) {
    const ledger = readLedger(value);
    if (ledger === undefined) continue;
    const lastLines = new Map<string, number>();
    for (const [path, { line_attributions: segments }] of Object.entries(ledger.files)) {
      lastLines.set(path, segments.at(-1)?.end_line ?? 0);
    }
    last.set(ledger.commit_sha, { commit: ledger.commit_sha, lastLines });
  }
  return [...last.values()];
}
