import type { BlobId, ConversationId } from "../../schema/ids.ts";
import { lockFile } from "../files/lock.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { noteEarlier } from "./earlier-snapshots.ts";
import { type Growable, growSnapshot, settleGrowing } from "./grow-snapshot.ts";
import { hashFile } from "./hash-file.ts";
import { type LiveCopy, livePath, readLiveCopy, writeLiveCopy } from "./live-copy.ts";
import { resumeRewriting } from "./resume-rewriting.ts";
import type { Rewrite } from "./rewrite.ts";
import { dateSnapshot, findSnapshot, hasSnapshot } from "./snapshot.ts";
import { takeSnapshot } from "./take-in.ts";
import type { SnapshotSource } from "./write-snapshot.ts";

type Described = NonNullable<LiveCopy["snapshot"]>;

export interface LiveCopyOptions {
  readonly signal: AbortSignal;
  /** Undefined: transcripts leave as they are. */
  readonly rewrite?: Rewrite | undefined;
  /** Whether no other conversation's newest snapshot has this name. */
  isNamedOnce(blob: BlobId): boolean;
}

export interface Taken {
  readonly blob: BlobId;
  readonly time: string;
  /** The snapshot before, where it is another one. */
  readonly earlier: BlobId | undefined;
  /** The raw copy is then all that the person has of the raw bytes. */
  readonly isMasked: boolean;
  /** What was made before is no beginning of it, since the rules are others. */
  readonly isAnew: boolean;
}

/**
 * The snapshot of a live copy as it is now; undefined where there is nothing in it. One that goes on where the last
 * ended grows out of its file; else the whole is written anew.
 */
export async function snapshotLiveCopy(
  project: ProjectPaths,
  id: ConversationId,
  { signal, rewrite, isNamedOnce }: LiveCopyOptions,
): Promise<Taken | undefined> {
  const path = livePath(project, id);
  using file = lockFile(path);
  const live = readLiveCopy(project, id);
  const bytes = file.stats.size;
  if (live === undefined || bytes === 0) return undefined;
  const known = live.snapshot;
  if (known !== undefined && isCurrent(known, bytes, rewrite) && hasSnapshot(project, known.blob)) {
    const isSame = { earlier: undefined, isAnew: false };
    return { blob: known.blob, time: live.time, isMasked: isMasked(known), ...isSame };
  }
  const before = known && findSnapshot(project, known.blob)?.bytes;
  const resumed = rewrite && resumeRewriting(project, known, rewrite);
  const source = { path, bytes, from: resumed?.from ?? 0, after: resumed?.after };
  const work = { signal, rewriting: resumed?.rewriting };
  const growable = known && growableOf(known, { before, rewrite, source });
  const grown =
    growable !== undefined && isNamedOnce(growable.blob)
      ? await growSnapshot(project, id, { ...growable, work })
      : undefined;
  const taken = grown ?? (await takeSnapshot(project, source, work));
  const made: Described = {
    blob: taken.blob,
    bytes,
    size: taken.size,
    hash: Buffer.from(taken.hash).toString("base64"),
    ...(rewrite === undefined ? {} : { rewrite: rewrite.id }),
    ...(taken.state === undefined ? {} : { state: taken.state }),
    ...(resumed === undefined ? {} : { masked: resumed.rewriting.counts }),
  };
  const earlier = known === undefined || known.blob === made.blob ? undefined : known;
  const isOther = earlier !== undefined && earlier.rewrite !== rewrite?.id;
  const shared = isOther ? sharedBytes(project, made.blob, earlier) : growable?.size;
  if (earlier !== undefined && before !== undefined) {
    const outgrown = { blob: earlier.blob, bytes: before, shared: shared ?? source.after?.bytes };
    noteEarlier(project, id, { newest: made.blob, before: outgrown });
  }
  globalThis.failPoint?.("take.noted");
  writeLiveCopy(project, id, { ...live, snapshot: made });
  globalThis.failPoint?.("take.described");
  settleGrowing(project, id, made);
  globalThis.failPoint?.("take.named");
  dateSnapshot(project, made.blob, live.time);
  return {
    blob: made.blob,
    time: live.time,
    earlier: earlier?.blob,
    isMasked: isMasked(made),
    isAnew: isOther && shared === undefined,
  };
}

/** How many bytes of whole lines two snapshots share, where the longer begins with all that the earlier has. */
function sharedBytes(project: ProjectPaths, blob: BlobId, earlier: Described): number | undefined {
  const [longer, shorter] = [findSnapshot(project, blob), findSnapshot(project, earlier.blob)];
  const bytes = earlier.state?.given ?? shorter?.bytes ?? 0;
  if (longer === undefined || shorter === undefined || longer.bytes < bytes) return undefined;
  return hashFile(longer.path, bytes) === hashFile(shorter.path, bytes) ? bytes : undefined;
}

/** Whether a snapshot is what would be taken of so many bytes now. */
export function isCurrent(
  snapshot: Described,
  bytes: number,
  rewrite: { readonly id: string } | undefined,
): boolean {
  return snapshot.bytes === bytes && snapshot.rewrite === rewrite?.id;
}

/**
 * Whether a snapshot differs from its raw copy: by masks, or by what was left out. Of one that an earlier version
 * described it is not known, so its raw copy is kept.
 */
function isMasked({ rewrite, masked, size, bytes }: Described): boolean {
  if (rewrite === undefined) return false;
  return masked === undefined || Object.keys(masked).length > 0 || size !== bytes;
}

/** The last snapshot, where the next one is all of it and what follows: not where its last line may still change. */
function growableOf(
  { blob, bytes, size, hash, rewrite: by }: Described,
  now: {
    readonly before: number | undefined;
    readonly rewrite: Rewrite | undefined;
    readonly source: SnapshotSource;
  },
): (Growable & { readonly source: SnapshotSource }) | undefined {
  if (hash === undefined || size === undefined || size !== now.before) return undefined;
  if (by !== now.rewrite?.id) return undefined;
  const isWhole = now.rewrite === undefined ? size === bytes : size === now.source.after?.bytes;
  if (!isWhole) return undefined;
  const from = now.rewrite === undefined ? bytes : now.source.from;
  return {
    blob,
    size,
    hash: Buffer.from(hash, "base64"),
    source: { ...now.source, from: from ?? 0 },
  };
}
