import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type BlobId, type ConversationId, isBlobId, isConversationId } from "../../schema/ids.ts";
import type { Warn } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readConversationIndex } from "./conversation-index.ts";
import { findByName, snapshotHistory } from "./earlier-snapshots.ts";
import { readParts } from "./hash-file.ts";
import { type Beginning, plainHasher } from "./incoming-file.ts";
import { findSnapshot } from "./snapshot.ts";

export interface Unresolved {
  readonly conversationId: ConversationId;
  readonly blob: BlobId;
}

export interface SnapshotsCheck {
  readonly snapshots: number;
  /** Snapshots whose bytes are not those of their names. */
  readonly damaged: readonly BlobId[];
  readonly pointers: number;
  /** Conversations whose newest snapshot is not here. */
  readonly unresolved: readonly Unresolved[];
  /** Names that are said to be the beginning of a longer snapshot. */
  readonly names: number;
  /** Those among them that are not. */
  readonly wrongNames: readonly Unresolved[];
}

/** Hashes every snapshot that is kept, a mebibyte at a time; `report` is told of the bytes and of which snapshot it is. */
export function verifySnapshots(
  project: ProjectPaths,
  warn: Warn,
  report: (bytes: number, snapshots: number) => void,
): SnapshotsCheck {
  const kept = keptSnapshots(project);
  const beginnings = beginningsOf(project);
  const damaged: BlobId[] = [];
  const wrongNames: Unresolved[] = [];
  let names = 0;
  for (const [done, blob] of kept.entries()) {
    const file = findSnapshot(project, blob);
    if (file === undefined) continue;
    const within = beginnings.get(blob) ?? [];
    names += within.length;
    const hasher = plainHasher(...within);
    for (const part of readParts(file.path, file.bytes)) {
      hasher.update(part);
      report(part.length, done + 1);
    }
    if (hasher.digest() !== blob) damaged.push(blob);
    for (const { conversationId, blob: name, isThere } of within) {
      if (isThere !== true) wrongNames.push({ conversationId, blob: name });
    }
  }
  const pointers = [...readConversationIndex(project, warn)];
  const unresolved = pointers
    .filter(([id, blob]) => findByName(project, id, blob) === undefined)
    .map(([conversationId, blob]) => ({ conversationId, blob }));
  return {
    snapshots: kept.length,
    damaged,
    pointers: pointers.length,
    unresolved,
    names,
    wrongNames,
  };
}

function keptSnapshots(project: ProjectPaths): BlobId[] {
  return namesIn(project.conversations)
    .filter((folder) => /^[0-9a-f]{2}$/.test(folder))
    .flatMap((folder) => namesIn(join(project.conversations, folder)))
    .filter(isBlobId)
    .sort();
}

/** What each snapshot is said to begin with, by the snapshot. */
function beginningsOf(project: ProjectPaths): Map<BlobId, (Unresolved & Beginning)[]> {
  const found = new Map<BlobId, (Unresolved & Beginning)[]>();
  for (const name of namesIn(join(project.conversations, "earlier"))) {
    const conversationId = name.replace(/\.json$/, "");
    if (!isConversationId(conversationId)) continue;
    const history = snapshotHistory(project, conversationId);
    if (history === undefined) continue;
    const { newest, earlier } = history;
    const whole = earlier.filter(({ bytes, shared }) => bytes === shared);
    const named = whole.map(({ blob, bytes }) => ({ conversationId, blob, bytes }));
    found.set(newest, [...(found.get(newest) ?? []), ...named]);
  }
  return found;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
