import { readdirSync } from "node:fs";
import { AppError } from "../../errors.ts";
import type { HeldTranscript, TakenTranscripts } from "../../schema/exchange.ts";
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
import { type Rewrite, rewriteFailed } from "./rewrite.ts";
import { resumeRewriting } from "./resume-rewriting.ts";
import { noteRewritten } from "./rewritten-snapshots.ts";
import { rewriteKept } from "./rewrite-kept.ts";
import { dateSnapshot, findSnapshot, hasSnapshot, removeSnapshot } from "./snapshot.ts";
import { takeSnapshot } from "./write-snapshot.ts";

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
      const taken = await snapshotOf(project, id, options);
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
  removeOutgrown(project, outgrown, options.warn);
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

interface Taken {
  readonly blob: BlobId;
  readonly time: string;
  /** The snapshot before, where it is another one. */
  readonly earlier: BlobId | undefined;
  /** The raw copy is then all that the person has of the raw bytes. */
  readonly isMasked: boolean;
  /** What was made before is no beginning of it, since the rules are others. */
  readonly isAnew: boolean;
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
  if (known !== undefined && isCurrent(known, bytes, rewrite) && hasSnapshot(project, known.blob)) {
    const { blob } = known;
    const isSame = { earlier: undefined, isAnew: false };
    return { blob, time: live.time, isMasked: isMasked(known), ...isSame };
  }
  const resumed = rewrite && resumeRewriting(project, known, rewrite);
  const source = { path, bytes, from: resumed?.from ?? 0, after: resumed?.after };
  const rewriting = resumed?.rewriting;
  const { blob, state } = await takeSnapshot(project, source, { signal, rewriting });
  dateSnapshot(project, blob, live.time);
  const made = {
    blob,
    bytes,
    ...(rewrite === undefined ? {} : { rewrite: rewrite.id }),
    ...(state === undefined ? {} : { state }),
    ...(rewriting === undefined ? {} : { masked: rewriting.counts }),
  };
  writeLiveCopy(project, id, { ...live, snapshot: made });
  const earlier = known?.blob === blob ? undefined : known?.blob;
  const isAnew = earlier !== undefined && known?.rewrite !== rewrite?.id;
  return {
    blob,
    time: live.time,
    earlier,
    isMasked: isMasked(made),
    isAnew: isAnew && !beginsWith(project, blob, { blob: earlier, bytes: known?.state?.given }),
  };
}

/** Whether a snapshot begins with the whole lines of another one. */
function beginsWith(
  project: ProjectPaths,
  blob: BlobId,
  other: { readonly blob: BlobId; readonly bytes: number | undefined },
): boolean {
  const [longer, shorter] = [findSnapshot(project, blob), findSnapshot(project, other.blob)];
  const bytes = other.bytes ?? shorter?.bytes ?? 0;
  if (longer === undefined || shorter === undefined || longer.bytes < bytes) return false;
  return hashFile(longer.path, bytes) === hashFile(shorter.path, bytes);
}

type Described = NonNullable<LiveCopy["snapshot"]>;

/** Whether a snapshot is what would be taken of so many bytes now. */
export function isCurrent(
  snapshot: Described,
  bytes: number,
  rewrite: { readonly id: string } | undefined,
): boolean {
  return snapshot.bytes === bytes && snapshot.rewrite === rewrite?.id;
}

/** Of a snapshot that an earlier version described it is not known, so its raw copy is kept. */
function isMasked({ rewrite, masked }: Described): boolean {
  return rewrite !== undefined && (masked === undefined || Object.keys(masked).length > 0);
}

function removeOutgrown(project: ProjectPaths, blobs: readonly BlobId[], warn: Warn): void {
  if (blobs.length === 0) return;
  const needed = new Set(readConversationIndex(project, warn).values());
  for (const blob of blobs) {
    if (!needed.has(blob)) removeSnapshot(project, blob);
  }
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
