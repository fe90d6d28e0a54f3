import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { BlobId, ConversationId } from "../../schema/ids.ts";
import { livePath, readLiveCopy, reasonNotToRead } from "./live-copy.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { hasSnapshot } from "./snapshot.ts";
import { liveConversations } from "./take-snapshots.ts";

/** A snapshot as it would be taken now. */
export interface SnapshotPreview {
  readonly conversationId: ConversationId;
  readonly blob: BlobId;
  readonly content: Blob;
  readonly updatedAt: string;
}

const chunkBytes = 1024 * 1024;

function hashFile(path: string, bytes: number): BlobId {
  const hasher = new Bun.CryptoHasher("sha256");
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const descriptor = openSync(path, "r");
  try {
    for (let position = 0; position < bytes;) {
      const wanted = Math.min(chunkBytes, bytes - position);
      const read = readSync(descriptor, chunk, 0, wanted, position);
      if (read === 0) break;
      hasher.update(chunk.subarray(0, read));
      position += read;
    }
  } finally {
    closeSync(descriptor);
  }
  return hasher.digest("hex") as BlobId;
}

/** The snapshots that `takeSnapshots` would make: of the source where it can be read, else of what was copied of it. */
export function previewSnapshots(project: ProjectPaths): SnapshotPreview[] {
  const found: SnapshotPreview[] = [];
  for (const conversationId of liveConversations(project)) {
    const live = readLiveCopy(project, conversationId);
    if (live === undefined) continue;
    const isReadable = reasonNotToRead(live.source) === undefined;
    const path = isReadable ? live.source : livePath(project, conversationId);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || stats.size === 0) continue;
    const { snapshot } = live;
    const isSame = snapshot?.bytes === stats.size && (!isReadable || stats.ino === live.inode);
    if (isSame && snapshot !== undefined && hasSnapshot(project, snapshot.blob)) continue;
    found.push({
      conversationId,
      blob: hashFile(path, stats.size),
      content: Bun.file(path).slice(0, stats.size),
      updatedAt: isReadable ? stats.mtime.toISOString() : live.time,
    });
  }
  return found;
}
