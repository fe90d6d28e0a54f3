import { statSync } from "node:fs";
import { type BlobId, type ConversationId, isConversationId } from "../../schema/ids.ts";
import { readConversationIndex } from "./conversation-index.ts";
import type { Warn } from "../files/json-file.ts";
import { livePath, readLiveCopy } from "./live-copy.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { findSnapshot } from "./snapshot.ts";

/** What is kept of a conversation: a file to read, and which of its three places it is in. */
export interface KeptTranscript {
  readonly path: string;
  readonly bytes: number;
  readonly from: "live copy" | "snapshot" | "source";
}

function sizeOf(path: string): number | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats.size : undefined;
  } catch {
    return undefined;
  }
}

/** The best there is of a conversation: its live copy, else its newest snapshot, else the transcript itself. */
export function findTranscript(
  project: ProjectPaths,
  id: string,
  warn: Warn,
): KeptTranscript | undefined {
  // Ids come from records of others; only a digest may become a file's name.
  if (!isConversationId(id)) return undefined;
  const live = livePath(project, id);
  const liveBytes = sizeOf(live);
  if (liveBytes !== undefined && liveBytes > 0) {
    return { path: live, bytes: liveBytes, from: "live copy" };
  }
  const snapshot = newestSnapshot(project, id, warn);
  if (snapshot !== undefined) return snapshot;
  const source = readLiveCopy(project, id)?.source;
  const sourceBytes = source === undefined ? undefined : sizeOf(source);
  return source === undefined || sourceBytes === undefined
    ? undefined
    : { path: source, bytes: sourceBytes, from: "source" };
}

function newestSnapshot(
  project: ProjectPaths,
  id: ConversationId,
  warn: Warn,
): KeptTranscript | undefined {
  const blob: BlobId | undefined = readConversationIndex(project, warn).get(id);
  if (blob === undefined) return undefined;
  const kept = findSnapshot(project, blob);
  return kept === undefined ? undefined : { path: kept.path, bytes: kept.bytes, from: "snapshot" };
}
