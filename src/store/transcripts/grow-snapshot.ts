import {
  closeSync,
  existsSync,
  fsyncSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { resumeHash } from "../../hash-state.ts";
import { type BlobId, type ConversationId, isConversationId } from "../../schema/ids.ts";
import { diskFailure } from "../files/disk-failure.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { makePrivateDirectory } from "../files/private-files.ts";
import { syncDirectory } from "../files/replace.ts";
import { continueIncoming } from "./incoming-file.ts";
import { type LiveCopy, readLiveCopy } from "./live-copy.ts";
import { snapshotPath } from "./snapshot.ts";
import { type SnapshotWork, type TakenSnapshot, takeIn } from "./take-in.ts";
import type { SnapshotSource } from "./write-snapshot.ts";

/** A snapshot that ends where the next one goes on. */
export interface Growable {
  readonly blob: BlobId;
  readonly size: number;
  readonly hash: Uint8Array;
}

/** Where a snapshot stands while it grows; it has no name then. */
function growingPath(project: ProjectPaths, id: ConversationId): string {
  return join(project.conversations, "growing", id);
}

/**
 * Appends to a snapshot's own file what its conversation has gained: the cost is the growth. In this order: the file
 * loses its name, the bytes are on the disk; then the caller describes the new snapshot, and `settleGrowing` gives the
 * file that name. What was killed in between is settled by what the description says. Undefined, and nothing
 * done, where the state of its hash is not understood.
 */
export async function growSnapshot(
  project: ProjectPaths,
  id: ConversationId,
  grown: Growable & { readonly source: SnapshotSource; readonly work: SnapshotWork },
): Promise<TakenSnapshot | undefined> {
  const { blob, size, source, work } = grown;
  const hasher = await resumeHash(grown.hash);
  if (hasher === undefined) return undefined;
  const path = growingPath(project, id);
  try {
    makePrivateDirectory(dirname(path));
    renameSync(snapshotPath(project, blob), path);
    globalThis.failPoint?.("take.unnamed");
    const incoming = { ...continueIncoming(path, size, hasher), hasher };
    try {
      const taken = await takeIn(incoming, { ...source, after: undefined }, work);
      fsyncSync(incoming.descriptor);
      globalThis.failPoint?.("take.appended");
      return taken;
    } finally {
      closeSync(incoming.descriptor);
    }
  } catch (error) {
    settleGrowing(project, id, { blob, size });
    throw diskFailure(error, "keep a transcript in", dirname(path));
  }
}

/** Gives a snapshot that grew the name, and the length, that its description says. */
export function settleGrowing(
  project: ProjectPaths,
  id: ConversationId,
  described: { readonly blob: BlobId; readonly size?: number | undefined } | undefined,
): void {
  const growing = growingPath(project, id);
  const size = statSync(growing, { throwIfNoEntry: false })?.size;
  if (size === undefined) return;
  const path = described && snapshotPath(project, described.blob);
  if (path === undefined || existsSync(path) || size < (described?.size ?? Infinity)) {
    return rmSync(growing, { force: true });
  }
  truncateSync(growing, described?.size);
  makePrivateDirectory(dirname(path));
  renameSync(growing, path);
  syncDirectory(dirname(path));
}

/** Settles what a kill has left. The caller holds the lock of syncs. */
export function settleAllGrowing(project: ProjectPaths): void {
  const directory = join(project.conversations, "growing");
  if (!existsSync(directory)) return;
  for (const id of readdirSync(directory).filter(isConversationId)) {
    const live: LiveCopy | undefined = readLiveCopy(project, id);
    settleGrowing(project, id, live?.snapshot);
  }
}
