import { existsSync } from "node:fs";
import { join } from "node:path";
import { nobody } from "../../attribution/follow.ts";
import { type GoneFiles, goneFiles, noGoneFiles } from "../../attribution/moved-file.ts";
import type { Change } from "../../git/read-changes.ts";
import type { PendingFile } from "../../schema/pending.ts";
import { type PendingPlace, eachPending, knownPending, readPending } from "../../store/pending.ts";

/** Files with edits that a commit may have taken, read one at a time: a commit may take thousands of them. */
export interface PendingFiles {
  has(path: string): boolean;
  get(path: string): PendingFile | undefined;
  /** Those that the work tree no longer has: they may stand under another name now. */
  readonly gone: GoneFiles;
}

export const noPendingFiles: PendingFiles = {
  has: () => false,
  get: () => undefined,
  gone: noGoneFiles,
};

export function openPendingFiles(
  place: PendingPlace,
  workTree: string,
  changes: readonly Change[],
): PendingFiles {
  const has = knownPending(place);
  if (has === undefined) return noPendingFiles;
  // One file is asked for several times in a row.
  let last: PendingFile | undefined;
  const get = (path: string): PendingFile | undefined => {
    if (!has(path)) return undefined;
    if (last?.path !== path) last = readPending(place, path);
    return last;
  };
  const isWhole = (path: string): boolean =>
    get(path)?.authors.every(([, claim]) => claim !== nobody) === true;
  // One of the commit's files may be another one under a new name.
  const mayHaveMoved = changes.some(({ path, oldPath, oldBlob, newBlob }) => {
    if (newBlob === undefined) return false;
    return path === oldPath ? oldBlob === undefined && !isWhole(path) : !has(oldPath);
  });
  const gone = mayHaveMoved ? goneFiles(withoutFile(place, workTree)) : noGoneFiles;
  return { has, get, gone };
}

function* withoutFile(place: PendingPlace, workTree: string): Generator<PendingFile> {
  for (const pending of eachPending(place)) {
    const { path, claims } = pending;
    if (claims.length > 0 && !existsSync(join(workTree, path))) yield pending;
  }
}
