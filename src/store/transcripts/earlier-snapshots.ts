import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { EarlierSnapshot } from "../../schema/exchange.ts";
import { type BlobId, type ConversationId, isBlobId } from "../../schema/ids.ts";
import { isObject } from "../../schema/is-object.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { replaceFile } from "../files/replace.ts";

/** The snapshots that a conversation had: what tells a remote, or a row, how a newer one begins. */
interface History {
  readonly newest: BlobId;
  /** Oldest first. Their bytes may be gone: the newest has those that it begins with. */
  readonly earlier: readonly EarlierSnapshot[];
}

/** `conversations/earlier/<conversation_id>.json`, ours. Losing it costs one upload of the whole transcript. */
function historyPath(project: ProjectPaths, id: ConversationId): string {
  return join(project.conversations, "earlier", `${id}.json`);
}

function readHistory(project: ProjectPaths, id: ConversationId): History | undefined {
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
  const history = readHistory(project, id);
  if (history === undefined) return [];
  const earlier = history.earlier.filter((one) => one.blob !== blob).toReversed();
  // What is known of the newest says nothing of a form that was made after it.
  return history.newest === blob ? earlier : earlier.map((one) => ({ ...one, shared: undefined }));
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
  const known = (readHistory(project, id)?.earlier ?? [])
    .filter(({ blob }) => blob !== before.blob && blob !== newest)
    .map((one) => ({ ...one, shared: through(one) }));
  const history: History = { newest, earlier: [...known, before] };
  replaceFile(historyPath(project, id), JSON.stringify(history), { durable: false });
}

export function forgetEarlier(project: ProjectPaths, id: ConversationId): void {
  rmSync(historyPath(project, id), { force: true });
}
