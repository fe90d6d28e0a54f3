import { statSync } from "node:fs";
import { type BlobId, type ConversationId, isConversationId } from "../../schema/ids.ts";
import { readConversationIndex } from "./conversation-index.ts";
import type { Warn } from "../files/json-file.ts";
import { livePath, readLiveCopy } from "./live-copy.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { findSnapshot } from "./snapshot.ts";

/** What is kept of a conversation: a file to read, and which of its three places it is in. */
export interface KeptTranscript {
  readonly id: ConversationId;
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
  return liveCopyOf(project, id) ?? newestSnapshot(project, id, warn) ?? sourceOf(project, id);
}

/** A conversation as its agent wrote it: our copy, else the agent's file; undefined where it was recorded elsewhere. */
export function findRawTranscript(project: ProjectPaths, id: string): KeptTranscript | undefined {
  if (!isConversationId(id)) return undefined;
  return liveCopyOf(project, id) ?? sourceOf(project, id);
}

function liveCopyOf(project: ProjectPaths, id: ConversationId): KeptTranscript | undefined {
  const path = livePath(project, id);
  const bytes = sizeOf(path);
  return bytes === undefined || bytes === 0 ? undefined : { id, path, bytes, from: "live copy" };
}

function sourceOf(project: ProjectPaths, id: ConversationId): KeptTranscript | undefined {
  const path = readLiveCopy(project, id)?.source;
  const bytes = path === undefined ? undefined : sizeOf(path);
  return path === undefined || bytes === undefined
    ? undefined
    : { id, path, bytes, from: "source" };
}

function newestSnapshot(
  project: ProjectPaths,
  id: ConversationId,
  warn: Warn,
): KeptTranscript | undefined {
  const blob: BlobId | undefined = readConversationIndex(project, warn).get(id);
  if (blob === undefined) return undefined;
  const kept = findSnapshot(project, blob);
  return kept === undefined
    ? undefined
    : { id, path: kept.path, bytes: kept.bytes, from: "snapshot" };
}
