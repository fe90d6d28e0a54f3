import { type Stats, statSync } from "node:fs";
import { AppError } from "../../errors.ts";
import type { HeldTranscript, MaskCounts } from "../../schema/exchange.ts";
import type { BlobId, ConversationId } from "../../schema/ids.ts";
import { type LiveCopy, livePath, readLiveCopy, reasonNotToRead } from "./live-copy.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { hashFile, hashParts } from "./hash-file.ts";
import { rewriteFile } from "./resume-rewriting.ts";
import { type Rewrite, rewriteFailed } from "./rewrite.ts";
import { hasSnapshot } from "./snapshot.ts";
import { isCurrent } from "./snapshot-live-copy.ts";
import { liveConversations } from "./take-snapshots.ts";

/** A snapshot as it would be taken now. */
export interface SnapshotPreview {
  readonly conversationId: ConversationId;
  readonly blob: BlobId;
  readonly content: Blob;
  readonly updatedAt: string;
  readonly masked?: MaskCounts;
}

export interface SnapshotPreviews {
  readonly previews: readonly SnapshotPreview[];
  readonly held: readonly HeldTranscript[];
}

/**
 * The snapshots that `takeSnapshots` would make: of the source where it can be read, else of what was copied of it.
 * Who only counts gives no `rewrite`, and the id of the one under which a snapshot that is kept still holds.
 */
export function previewSnapshots(
  project: ProjectPaths,
  rewrite?: Rewrite,
  keptAs: string | undefined = rewrite?.id,
): SnapshotPreviews {
  const previews: SnapshotPreview[] = [];
  const held: HeldTranscript[] = [];
  for (const conversationId of liveConversations(project)) {
    try {
      const preview = previewOf(project, conversationId, { rewrite, keptAs });
      if (preview !== undefined) previews.push({ conversationId, ...preview });
    } catch (error) {
      if (!(error instanceof AppError) || error.label !== rewriteFailed) throw error;
      held.push({ conversationId, code: error.label, message: error.message });
    }
  }
  return { previews, held };
}

function previewOf(
  project: ProjectPaths,
  id: ConversationId,
  {
    rewrite,
    keptAs,
  }: { readonly rewrite?: Rewrite | undefined; readonly keptAs?: string | undefined },
): Omit<SnapshotPreview, "conversationId"> | undefined {
  const grown = findGrown(project, id);
  if (grown === undefined) return undefined;
  const { live, isReadable, path, stats } = grown;
  const bytes = stats.size;
  const updatedAt = isReadable ? stats.mtime.toISOString() : live.time;
  // Another file at the source's place has nothing in common with what was copied.
  const snapshot = isReadable && stats.ino !== live.inode ? undefined : live.snapshot;
  const isKept = snapshot !== undefined && hasSnapshot(project, snapshot.blob);
  if (isKept && isCurrent(snapshot, bytes, keptAs === undefined ? undefined : { id: keptAs })) {
    return undefined;
  }
  if (rewrite === undefined) {
    return { blob: hashFile(path, bytes), content: Bun.file(path).slice(0, bytes), updatedAt };
  }
  const { parts, masked } = rewriteFile(project, { path, bytes, snapshot }, rewrite);
  return { blob: hashParts(parts), content: new Blob([...parts]), updatedAt, masked };
}

/** The raw file of which the next snapshot would be made, and how much of it. */
interface GrownTranscript {
  readonly live: LiveCopy;
  readonly isReadable: boolean;
  readonly path: string;
  readonly stats: Stats;
}

/** The source where it can be read, else what was copied of it; undefined where there is nothing in it. */
export function findGrown(project: ProjectPaths, id: ConversationId): GrownTranscript | undefined {
  const live = readLiveCopy(project, id);
  if (live === undefined) return undefined;
  const isReadable = reasonNotToRead(live.source) === undefined;
  const path = isReadable ? live.source : livePath(project, id);
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined || stats.size === 0 ? undefined : { live, isReadable, path, stats };
}
