import { isObject } from "../../schema/is-object.ts";
import { type BlobId, type ConversationId, isBlobId } from "../../schema/ids.ts";
import { type JsonFile, type Warn, readJsonFile, updateJsonFile } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { removeSnapshot } from "./snapshot.ts";

type ConversationIndex = Record<string, unknown>;

function indexFile(project: ProjectPaths): JsonFile<ConversationIndex> {
  return { path: project.conversationIndex, isValid: isObject };
}

/** `conversations/_index.json`: each conversation's newest snapshot. Values that are no digest are passed over. */
export function readConversationIndex(
  project: ProjectPaths,
  warn: Warn,
): Map<ConversationId, BlobId> {
  const newest = new Map<ConversationId, BlobId>();
  for (const [id, blob] of Object.entries(readJsonFile(indexFile(project), warn) ?? {})) {
    if (isBlobId(blob)) newest.set(id as ConversationId, blob);
  }
  return newest;
}

/** Points conversations to snapshots that are in the cache already. */
export function pointConversations(
  project: ProjectPaths,
  newest: ReadonlyMap<ConversationId, BlobId>,
  warn: Warn,
): void {
  if (newest.size === 0) return;
  const change = (index: ConversationIndex): void | false => {
    if ([...newest].every(([id, blob]) => index[id] === blob)) return false;
    for (const [id, blob] of newest) index[id] = blob;
  };
  updateJsonFile(indexFile(project), { initial: () => ({}), change }, warn);
}

/** Points a conversation to nothing any more. */
export function unpointConversation(
  project: ProjectPaths,
  conversation: ConversationId,
  warn: Warn,
): void {
  const change = (index: ConversationIndex): void | false => {
    if (!Object.hasOwn(index, conversation)) return false;
    delete index[conversation];
  };
  updateJsonFile(indexFile(project), { initial: () => ({}), change }, warn);
}

/** Takes snapshots away that gave way to others, unless a conversation still points to one. */
export function removeUnnamed(project: ProjectPaths, blobs: readonly BlobId[], warn: Warn): void {
  if (blobs.length === 0) return;
  const needed = new Set(readConversationIndex(project, warn).values());
  for (const blob of blobs) {
    if (!needed.has(blob)) removeSnapshot(project, blob);
  }
}
