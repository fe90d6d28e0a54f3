import type { ReceivedRow } from "../../schema/exchange.ts";
import { isObject } from "../../schema/is-object.ts";
import { appendLines } from "../files/append.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readRecords } from "../files/read-lines.ts";
import { hashKey } from "../index/indexed-row.ts";

/**
 * `pulled-ledgers.jsonl`: which rows of `ledgers.jsonl` came by a pull. A ledger that is not named here counts as linked on
 * this machine.
 */
const nameOf = (commit: string, digest: string): string => `${commit} ${digest}`;

/** Call after the rows are in `ledgers.jsonl`: a kill in between leaves them protected as if they were our own. */
export function notePulled(
  project: ProjectPaths,
  rows: readonly Pick<ReceivedRow, "key" | "text">[],
): void {
  const lines = rows.map(({ key, text }) =>
    JSON.stringify({ commit_sha: key, digest: String(hashKey(text)) }),
  );
  appendLines(project.pulledLedgers, lines);
}

/** The names of pulled rows. Cost follows what was ever pulled: ask only where two ledgers differ. */
export function readPulled(project: ProjectPaths): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { value } of readRecords(project.pulledLedgers)) {
    if (!isObject(value)) continue;
    const { commit_sha: commit, digest } = value;
    if (typeof commit === "string" && typeof digest === "string") names.add(nameOf(commit, digest));
  }
  return names;
}

export function wasPulled(
  pulled: ReadonlySet<string>,
  { key, digest }: { readonly key: string; readonly digest: string },
): boolean {
  return pulled.has(nameOf(key, digest));
}

/** The commits whose ledgers were pulled, from a byte of the list on. */
export function pulledCommits(project: ProjectPaths, from: number): Set<string> {
  const commits = new Set<string>();
  for (const { value } of readRecords(project.pulledLedgers, { from })) {
    if (isObject(value) && typeof value["commit_sha"] === "string")
      commits.add(value["commit_sha"]);
  }
  return commits;
}
