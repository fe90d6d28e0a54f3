import { readdirSync } from "node:fs";
import { AppError } from "../../errors.ts";
import type { HeldTranscript, TakenTranscripts } from "../../schema/exchange.ts";
import { type BlobId, type ConversationId, isConversationId } from "../../schema/ids.ts";
import { pointConversations, readConversationIndex, removeUnnamed } from "./conversation-index.ts";
import type { Warn } from "../files/json-file.ts";
import { growLiveCopy, livePath, readLiveCopy, removeLiveCopy } from "./live-copy.ts";
import { lockFile } from "../files/lock.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { type Rewrite, rewriteFailed } from "./rewrite.ts";
import { noteRewritten } from "./rewritten-snapshots.ts";
import { rewriteKept } from "./rewrite-kept.ts";
import { snapshotLiveCopy } from "./snapshot-live-copy.ts";
import { hasSnapshot } from "./snapshot.ts";

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
  /** Whether the remote will not take a conversation again: then no snapshot is made for it. */
  isPurged?(id: ConversationId): boolean;
}

/**
 * Turns live copies with new bytes into snapshots, and points their conversations to them. In this order: bytes, name,
 * `_index.json`; only then an earlier snapshot goes, of which the new one is a longer form. Gives the conversations
 * that could not be rewritten, of which nothing may leave, and tells how many begin otherwise than before.
 */
export async function takeSnapshots(
  project: ProjectPaths,
  options: SnapshotOptions,
): Promise<TakenTranscripts> {
  const live = liveConversations(project);
  const held: HeldTranscript[] = [];
  let anew = 0;
  /** One transcript's failure to be rewritten is no other's. */
  const holdBack = async (id: ConversationId, work: () => Promise<void>): Promise<void> => {
    try {
      options.signal.throwIfAborted();
      await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.label !== rewriteFailed) throw error;
      held.push({ conversationId: id, code: error.label, message: error.message });
    }
  };
  await rewriteKept(project, { ...options, live: new Set(live), holdBack });
  let named: readonly BlobId[] | undefined;
  /** Whether a name belongs to this conversation alone. */
  const isNamedOnce = (blob: BlobId): boolean => {
    named ??= [...readConversationIndex(project, options.warn).values()];
    return named.indexOf(blob) === named.lastIndexOf(blob);
  };
  const newest = new Map<ConversationId, BlobId>();
  const outgrown: BlobId[] = [];
  const finished: ConversationId[] = [];
  for (const id of live) {
    await holdBack(id, async () => {
      const copy = readLiveCopy(project, id);
      if (copy === undefined) return;
      const growth = growLiveCopy(project, { path: copy.source, last: true });
      if (growth.state === "left alone" && growth.said) {
        options.warn(`transcript \`${copy.source}\` is left alone: ${growth.reason}`);
      }
      if (options.isPurged?.(id) === true) return;
      const taken = await snapshotLiveCopy(project, id, { ...options, isNamedOnce });
      if (taken === undefined) return;
      newest.set(id, taken.blob);
      if (taken.isAnew) anew++;
      // The new one holds all of its bytes, and goes to whichever remote lacks them.
      if (taken.earlier !== undefined) outgrown.push(taken.earlier);
      const isOver = growth.state === "missing" || options.now - Date.parse(taken.time) > silence;
      if (isOver && !taken.isMasked) finished.push(id);
    });
  }
  pointConversations(project, newest, options.warn);
  globalThis.failPoint?.("take.pointed");
  removeUnnamed(project, outgrown, options.warn);
  const retired = finished.filter((id) => retire(project, id, newest.get(id)));
  noteRetired(project, { retired, newest }, options);
  return { held, anew };
}

/** The next push need not read again what was rewritten by these rules. */
function noteRetired(
  project: ProjectPaths,
  {
    retired,
    newest,
  }: {
    readonly retired: readonly ConversationId[];
    readonly newest: ReadonlyMap<ConversationId, BlobId>;
  },
  { rewrite, warn }: SnapshotOptions,
): void {
  if (rewrite === undefined || retired.length === 0) return;
  const needed = new Set(readConversationIndex(project, warn).values());
  const blobs = retired.flatMap((id) => newest.get(id) ?? []);
  noteRewritten(project, { id: rewrite.id, blobs, needed }, warn);
}

/** Takes a live copy away, unless it has grown since its snapshot was taken. */
function retire(project: ProjectPaths, id: ConversationId, blob: BlobId | undefined): boolean {
  using file = lockFile(livePath(project, id));
  const { snapshot } = readLiveCopy(project, id) ?? {};
  const isHeld = snapshot?.blob === blob && snapshot?.bytes === file.stats.size;
  if (!isHeld || blob === undefined || !hasSnapshot(project, blob)) return false;
  removeLiveCopy(project, id);
  return true;
}
