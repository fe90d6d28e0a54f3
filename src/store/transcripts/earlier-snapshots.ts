import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inlineBytes } from "../../schema/conversation.ts";
import type { EarlierSnapshot } from "../../schema/exchange.ts";
import { type BlobId, type ConversationId, isBlobId } from "../../schema/ids.ts";
import { isObject } from "../../schema/is-object.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { replaceFile } from "../files/replace.ts";
import { hashFile } from "./hash-file.ts";
import { findSnapshot } from "./snapshot.ts";

/** The snapshots that a conversation had: what tells a remote, or a row, how a newer one begins. */
export interface History {
  readonly newest: BlobId;
  /** Oldest first. Their bytes may be gone: the newest has those that it begins with. */
  readonly earlier: readonly EarlierSnapshot[];
}

/** `conversations/earlier/<conversation_id>.json`, ours. Losing it costs one upload of the whole transcript. */
function historyPath(project: ProjectPaths, id: ConversationId): string {
  return join(project.conversations, "earlier", `${id}.json`);
}

/** Undefined where nothing is known of it. */
export function snapshotHistory(project: ProjectPaths, id: ConversationId): History | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(historyPath(project, id), "utf8"));
    if (!isObject(value) || !isBlobId(value["newest"])) return undefined;
    const earlier = Array.isArray(value["earlier"]) ? value["earlier"] : [];
    return { newest: value["newest"], earlier: earlier.flatMap(readEarlier) };
  } catch {
    return undefined;
  }
}

function readEarlier(value: unknown): EarlierSnapshot[] {
  if (!isObject(value)) return [];
  const { blob, bytes, shared } = value;
  if (!isBlobId(blob) || !Number.isSafeInteger(bytes) || Number(bytes) < 0) return [];
  const isShared = Number.isSafeInteger(shared) && Number(shared) >= 0;
  return [{ blob, bytes: Number(bytes), shared: isShared ? Number(shared) : undefined }];
}

/** The snapshots of a conversation before this one, newest first. */
export function earlierSnapshots(
  project: ProjectPaths,
  id: ConversationId,
  blob: BlobId,
): EarlierSnapshot[] {
  const history = snapshotHistory(project, id);
  if (history === undefined) return [];
  const earlier = history.earlier.filter((one) => one.blob !== blob).toReversed();
  // What is known of the newest says nothing of a form that was made after it.
  return history.newest === blob ? earlier : earlier.map((one) => ({ ...one, shared: undefined }));
}

/** All snapshots that a conversation is known to have had. */
export function everySnapshot(project: ProjectPaths, id: ConversationId): BlobId[] {
  const history = snapshotHistory(project, id);
  return history === undefined ? [] : [history.newest, ...history.earlier.map(({ blob }) => blob)];
}

/**
 * Notes that a conversation's newest snapshot gives way to another one. Not synced to the disk: it is only a way to
 * send less.
 */
export function noteEarlier(
  project: ProjectPaths,
  id: ConversationId,
  { newest, before }: { readonly newest: BlobId; readonly before: EarlierSnapshot },
): void {
  // What the one before began with, the newest begins with as far as both agree.
  const through = ({ shared }: EarlierSnapshot): number | undefined =>
    before.shared === undefined || shared === undefined
      ? undefined
      : Math.min(before.shared, shared);
  const known = (snapshotHistory(project, id)?.earlier ?? [])
    .filter(({ blob }) => blob !== before.blob && blob !== newest)
    .map((one) => ({ ...one, shared: through(one) }));
  const history: History = { newest, earlier: [...known, before] };
  replaceFile(historyPath(project, id), JSON.stringify(history), { durable: false });
}

/** Where a snapshot's bytes are: its own file, or the newest of its conversation, which begins with them. */
export function findByName(
  project: ProjectPaths,
  id: ConversationId,
  blob: BlobId,
): { readonly path: string; readonly bytes: number } | undefined {
  const own = findSnapshot(project, blob);
  if (own !== undefined) return own;
  const history = snapshotHistory(project, id);
  const earlier = history?.earlier.find((one) => one.blob === blob);
  const newest = history && findSnapshot(project, history.newest);
  if (earlier === undefined || newest === undefined || earlier.shared !== earlier.bytes)
    return undefined;
  return { path: newest.path, bytes: earlier.bytes };
}

/** Whether a small snapshot begins with another one; of a large one its download has told. */
export function beginsWith(
  project: ProjectPaths,
  blob: BlobId,
  earlier: { readonly blob: BlobId; readonly bytes: number },
): boolean {
  const kept = findSnapshot(project, blob);
  if (kept === undefined || kept.bytes > inlineBytes || kept.bytes < earlier.bytes) return false;
  return hashFile(kept.path, earlier.bytes) === earlier.blob;
}

export function forgetEarlier(project: ProjectPaths, id: ConversationId): void {
  rmSync(historyPath(project, id), { force: true });
}
