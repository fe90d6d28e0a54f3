import { statSync } from "node:fs";
import type { BlobId, ConversationId } from "../../schema/ids.ts";
import { livePath, readLiveCopy, reasonNotToRead } from "./live-copy.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { hashFile, hashParts, readParts } from "./hash-file.ts";
import { type Rewrite, hasSnapshot } from "./snapshot.ts";
import { liveConversations } from "./take-snapshots.ts";

/** A snapshot as it would be taken now. */
export interface SnapshotPreview {
  readonly conversationId: ConversationId;
  readonly blob: BlobId;
  readonly content: Blob;
  readonly updatedAt: string;
}

function rewriteFile(path: string, bytes: number, rewrite: Rewrite): Uint8Array<ArrayBuffer>[] {
  const rewriting = rewrite.begin();
  const out: Uint8Array<ArrayBuffer>[] = [];
  for (const part of readParts(path, bytes)) out.push(new Uint8Array(rewriting.write(part)));
  out.push(new Uint8Array(rewriting.end()));
  return out;
}

/**
 * The snapshots that `takeSnapshots` would make: of the source where it can be read, else of what was copied of it.
 * Who only counts gives no `rewrite`, and the id of the one under which a snapshot that is kept still holds.
 */
export function previewSnapshots(
  project: ProjectPaths,
  rewrite?: Rewrite,
  keptAs: string | undefined = rewrite?.id,
): SnapshotPreview[] {
  const found: SnapshotPreview[] = [];
  for (const conversationId of liveConversations(project)) {
    const live = readLiveCopy(project, conversationId);
    if (live === undefined) continue;
    const isReadable = reasonNotToRead(live.source) === undefined;
    const path = isReadable ? live.source : livePath(project, conversationId);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || stats.size === 0) continue;
    const { snapshot } = live;
    const isSame =
      snapshot?.bytes === stats.size &&
      snapshot.rewrite === keptAs &&
      (!isReadable || stats.ino === live.inode);
    if (isSame && snapshot !== undefined && hasSnapshot(project, snapshot.blob)) continue;
    const raw = Bun.file(path).slice(0, stats.size);
    const rewritten = rewrite === undefined ? undefined : rewriteFile(path, stats.size, rewrite);
    const content = rewritten === undefined ? raw : new Blob(rewritten);
    const blob = rewritten === undefined ? hashFile(path, stats.size) : hashParts(rewritten);
    found.push({
      conversationId,
      blob,
      content,
      updatedAt: isReadable ? stats.mtime.toISOString() : live.time,
    });
  }
  return found;
}
