import { readdirSync } from "node:fs";
import { type BlobId, type ConversationId, isConversationId } from "../../schema/ids.ts";
import { pointConversations, readConversationIndex } from "./conversation-index.ts";
import type { Warn } from "../files/json-file.ts";
import {
  type LiveCopy,
  growLiveCopy,
  livePath,
  readLiveCopy,
  removeLiveCopy,
  writeLiveCopy,
} from "./live-copy.ts";
import { lockFile } from "../files/lock.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { hashFile } from "./hash-file.ts";
import {
  type Rewrite,
  dateSnapshot,
  findSnapshot,
  hasSnapshot,
  removeSnapshot,
  takeSnapshot,
} from "./snapshot.ts";

/** A live copy of a session that has been silent for so long is over: its snapshot is enough. */
const silence = 7 * 24 * 3600 * 1000;

/** The conversations that have a live copy. */
export function liveConversations(project: ProjectPaths): ConversationId[] {
  try {
    return readdirSync(project.live)
      .map((name) => name.replace(/\.json$/, ""))
      .filter((name, at, names) => isConversationId(name) && names.indexOf(name) === at)
      .sort() as ConversationId[];
  } catch {
    return [];
  }
}

export interface SnapshotOptions {
  readonly signal: AbortSignal;
  readonly warn: Warn;
  readonly now: number;
  /** Undefined: transcripts leave as they are. */
  readonly rewrite?: Rewrite | undefined;
  /** Whether a remote has these bytes. */
  isAcknowledged(blob: BlobId): boolean;
}

/**
 * Turns live copies with new bytes into snapshots, and points their conversations to them. In this order: bytes, name,
 * `_index.json`; only then an earlier snapshot goes, of which the new one is a longer form.
 */
export async function takeSnapshots(
  project: ProjectPaths,
  options: SnapshotOptions,
): Promise<void> {
  await rewriteKept(project, options);
  const newest = new Map<ConversationId, BlobId>();
  const outgrown: BlobId[] = [];
  const finished: ConversationId[] = [];
  for (const id of liveConversations(project)) {
    options.signal.throwIfAborted();
    const live = readLiveCopy(project, id);
    if (live === undefined) continue;
    const growth = growLiveCopy(project, { path: live.source, last: true });
    if (growth.state === "left alone" && growth.said) {
      options.warn(`transcript \`${live.source}\` is left alone: ${growth.reason}`);
    }
    const taken = await snapshotOf(project, id, options);
    if (taken === undefined) continue;
    const { copy, earlier } = taken;
    newest.set(id, copy.blob);
    // The new one holds all of its bytes, and goes to whichever remote lacks them.
    if (earlier !== undefined) outgrown.push(earlier);
    const isOver = growth.state === "missing" || options.now - Date.parse(copy.time) > silence;
    if (isOver) finished.push(id);
  }
  pointConversations(project, newest, options.warn);
  removeOutgrown(project, outgrown, options.warn);
  for (const id of finished) retire(project, id, newest.get(id));
}

interface Taken {
  readonly copy: { readonly blob: BlobId; readonly time: string };
  readonly earlier: BlobId | undefined;
}

/** The snapshot of a live copy as it is now; undefined where there is nothing in it. */
async function snapshotOf(
  project: ProjectPaths,
  id: ConversationId,
  { signal, rewrite }: SnapshotOptions,
): Promise<Taken | undefined> {
  const path = livePath(project, id);
  using file = lockFile(path);
  const live = readLiveCopy(project, id);
  const bytes = file.stats.size;
  if (live === undefined || bytes === 0) return undefined;
  const known = live.snapshot;
  const isSame = known?.bytes === bytes && known.rewrite === rewrite?.id;
  if (isSame && hasSnapshot(project, known.blob)) {
    return { copy: { blob: known.blob, time: live.time }, earlier: undefined };
  }
  const rewriting = rewrite?.begin();
  const blob = await takeSnapshot(project, { path, bytes }, { signal, rewriting });
  dateSnapshot(project, blob, live.time);
  const described: LiveCopy = {
    ...live,
    snapshot: { blob, bytes, ...(rewrite === undefined ? {} : { rewrite: rewrite.id }) },
  };
  writeLiveCopy(project, id, described);
  const earlier = known === undefined || known.blob === blob ? undefined : known.blob;
  return { copy: { blob, time: live.time }, earlier };
}

function removeOutgrown(project: ProjectPaths, blobs: readonly BlobId[], warn: Warn): void {
  if (blobs.length === 0) return;
  const needed = new Set(readConversationIndex(project, warn).values());
  for (const blob of blobs) {
    if (!needed.has(blob)) removeSnapshot(project, blob);
  }
}

/** Takes a live copy away, unless it has grown since its snapshot was taken. */
function retire(project: ProjectPaths, id: ConversationId, blob: BlobId | undefined): void {
  using file = lockFile(livePath(project, id));
  const live = readLiveCopy(project, id);
  const snapshot = live?.snapshot;
  if (snapshot?.rewrite !== undefined && isMasked(project, id, snapshot)) return;
  const isHeld = live?.snapshot?.blob === blob && live?.snapshot?.bytes === file.stats.size;
  if (isHeld && blob !== undefined && hasSnapshot(project, blob)) removeLiveCopy(project, id);
}

/** Whether a snapshot differs from its raw copy, which then stays: it is all that the person has of the raw bytes. */
function isMasked(
  project: ProjectPaths,
  id: ConversationId,
  { blob, bytes }: { readonly blob: BlobId; readonly bytes: number },
): boolean {
  // The sizes tell nearly always, and cost nothing.
  if (findSnapshot(project, blob)?.bytes !== bytes) return true;
  return hashFile(livePath(project, id), bytes) !== blob;
}

/**
 * Snapshots without a live copy were taken before transcripts were rewritten, or came from elsewhere. Those that the
 * remote lacks are rewritten now; where that changes a byte their conversation points to the new form.
 */
async function rewriteKept(project: ProjectPaths, options: SnapshotOptions): Promise<void> {
  const { rewrite, signal, warn } = options;
  if (rewrite === undefined) return;
  const changed = new Map<ConversationId, BlobId>();
  const live = new Set(liveConversations(project));
  for (const [id, blob] of readConversationIndex(project, warn)) {
    if (live.has(id) || options.isAcknowledged(blob)) continue;
    const kept = findSnapshot(project, blob);
    if (kept === undefined) continue;
    const { path, bytes, time } = kept;
    const rewritten = await takeSnapshot(
      project,
      { path, bytes },
      { signal, rewriting: rewrite.begin() },
    );
    if (rewritten === blob) continue;
    dateSnapshot(project, rewritten, time.toISOString());
    changed.set(id, rewritten);
  }
  pointConversations(project, changed, warn);
}
