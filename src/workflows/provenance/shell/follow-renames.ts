import { goneFiles } from "../../../attribution/moved-file.ts";
import { decodeText, splitLines } from "../../../attribution/lines.ts";
import { observeFile } from "../../../attribution/pending-file.ts";
import type { PendingFile } from "../../../schema/pending.ts";
import {
  type PendingPlace,
  deletePending,
  readPending,
  writePending,
} from "../../../store/pending.ts";
import { fileMark, readLinesOf } from "./work-tree-text.ts";

/**
 * Files that somebody has given another name since the last look: what is kept of one goes along to the file that has
 * most of its lines. A file that was only seen to be gone would lose it. The caller holds the lock of the pending files.
 */
export function followRenames(
  place: PendingPlace,
  workTree: string,
  paths: readonly string[],
): void {
  const held = new Map<string, PendingFile>();
  for (const path of paths) {
    const pending = fileMark(workTree, path) === "" ? readPending(place, path) : undefined;
    if (pending !== undefined && pending.claims.length > 0) held.set(path, pending);
  }
  if (held.size === 0) return;
  const gone = goneFiles(held.values());
  for (const path of paths) {
    const content = readLinesOf(workTree, path);
    if (content === undefined || content.length === 0 || readPending(place, path) !== undefined) {
      continue;
    }
    const text = decodeText(content);
    const former = gone.find(new Set(splitLines(text)));
    const pending = former === undefined ? undefined : held.get(former);
    if (former === undefined || pending === undefined) continue;
    held.delete(former);
    writePending(place, observeFile({ ...pending, path }, path, text));
    deletePending(place, former);
  }
}
