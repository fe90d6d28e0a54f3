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
  /** When it was written last, in milliseconds since 1970. */
  readonly modified: number;
  readonly from: "live copy" | "snapshot" | "source";
}

type FileFacts = Pick<KeptTranscript, "path" | "bytes" | "modified">;

function factsOf(path: string): FileFacts | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? { path, bytes: stats.size, modified: stats.mtimeMs } : undefined;
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
  return (
    liveCopyOf(project, id) ??
    keptTranscript(project, id, readConversationIndex(project, warn).get(id))
  );
}

/** A conversation as its agent wrote it: our copy, else the agent's file; undefined where it was recorded elsewhere. */
export function findRawTranscript(project: ProjectPaths, id: string): KeptTranscript | undefined {
  if (!isConversationId(id)) return undefined;
  return liveCopyOf(project, id) ?? sourceOf(project, id);
}

/** As `findTranscript`, for those who know the newest snapshot already. */
export function keptTranscript(
  project: ProjectPaths,
  id: ConversationId,
  newest: BlobId | undefined,
): KeptTranscript | undefined {
  return (
    liveCopyOf(project, id) ?? (newest && snapshotOf(project, id, newest)) ?? sourceOf(project, id)
  );
}

function liveCopyOf(project: ProjectPaths, id: ConversationId): KeptTranscript | undefined {
  const facts = factsOf(livePath(project, id));
  return facts && facts.bytes > 0 ? { id, ...facts, from: "live copy" } : undefined;
}

function snapshotOf(
  project: ProjectPaths,
  id: ConversationId,
  blob: BlobId,
): KeptTranscript | undefined {
  const kept = findSnapshot(project, blob);
  if (kept === undefined) return undefined;
  const { path, bytes, time } = kept;
  return { id, path, bytes, modified: time.getTime(), from: "snapshot" };
}

function sourceOf(project: ProjectPaths, id: ConversationId): KeptTranscript | undefined {
  const source = readLiveCopy(project, id)?.source;
  const facts = source === undefined ? undefined : factsOf(source);
  return facts && { id, ...facts, from: "source" };
}
