import type { TranscriptCandidate } from "../../schema/exchange.ts";
import type { BlobId, ConversationId } from "../../schema/ids.ts";
import { pointConversations, readConversationIndex } from "../transcripts/conversation-index.ts";
import type { Warn } from "../files/json-file.ts";
import { Manifest } from "./manifest.ts";
import type { ProjectIndex } from "../index/project-index.ts";
import { readLiveCopy } from "../transcripts/live-copy.ts";
import { findSnapshot, hasSnapshot } from "../transcripts/snapshot.ts";
import { fingerprint } from "./sync-state-file.ts";

interface ConversationRow {
  readonly number: number;
  readonly id: string;
  readonly blob: string;
}

/**
 * Brings the index up to date with `_index.json`, if that was written since. One that is gone, or was damaged and set
 * aside, is not taken at its word: with `restore` it is written again from what the index remembers.
 */
export function readNewestSnapshots(
  index: ProjectIndex,
  warn: Warn,
  { restore }: { readonly restore: boolean },
): void {
  const { database, project } = index;
  const path = project.conversationIndex;
  const manifest = new Manifest(index);
  if (manifest.agreed("conversations") === fingerprint(path)) return;
  const newest = readConversationIndex(project, warn);
  if (fingerprint(path) === "missing") {
    if (restore) restoreConversationIndex(index, warn);
    return;
  }
  index.write(() => {
    database.run("UPDATE conversation SET blob = NULL WHERE blob IS NOT NULL");
    for (const [id, blob] of newest) setNewestSnapshot(index, id, blob);
    manifest.agree("conversations", fingerprint(path));
  });
}

/** An index that remembers nothing either has the next pull ask for all pointers anew. */
function restoreConversationIndex(index: ProjectIndex, warn: Warn): void {
  const { database, project } = index;
  const rows = database.query("SELECT id, blob FROM conversation WHERE blob IS NOT NULL").all();
  const kept = (rows as { id: ConversationId; blob: BlobId }[]).filter(({ blob }) =>
    hasSnapshot(project, blob),
  );
  pointConversations(project, new Map(kept.map(({ id, blob }) => [id, blob])), warn);
  index.write(() => {
    if (kept.length === 0) database.run("DELETE FROM cursor WHERE resource = 'conversations'");
    new Manifest(index).agree("conversations", fingerprint(project.conversationIndex));
  });
}

export function setNewestSnapshot(index: ProjectIndex, id: ConversationId, blob: BlobId): void {
  const number = index.rows.conversation(id);
  index.database.query("UPDATE conversation SET blob = ? WHERE number = ?").run(blob, number);
}

export function newestSnapshot(index: ProjectIndex, id: ConversationId): BlobId | undefined {
  const row = index.database.query("SELECT blob FROM conversation WHERE id = ?").get(id);
  return (row as { blob: BlobId | null } | null)?.blob ?? undefined;
}

/** Whether a trace or a ledger that the remote has names the conversation. */
export function isNamedBySent(index: ProjectIndex, remote: number, id: ConversationId): boolean {
  const row = index.database.query("SELECT number FROM conversation WHERE id = ?").get(id);
  const number = (row as { number: number } | null)?.number;
  return number !== undefined && isNumberNamedBySent(index, remote, number);
}

/** As `isNamedBySent`, for a conversation by its number in the index. */
export function isNumberNamedBySent(
  index: ProjectIndex,
  remote: number,
  conversation: number,
): boolean {
  return (["traces", "ledgers"] as const).some(
    (resource, number) =>
      index.database
        .query(
          `SELECT 1 FROM use u WHERE u.conversation = ?1 AND u.resource = ${number}
             AND u.seq <= (SELECT seq FROM mark WHERE remote = ?2 AND resource = '${resource}')
             AND NOT EXISTS (SELECT 1 FROM waiting w
               WHERE w.remote = ?2 AND w.resource = '${resource}' AND w.seq = u.seq) LIMIT 1`,
        )
        .get(conversation, remote) !== null,
  );
}

/** Conversations with a snapshot: those that the remote lacks in part, or all. */
export function listTranscripts(
  target: { readonly index: ProjectIndex; readonly manifest: Manifest; readonly remote: number },
  which: "unsent" | "all",
): TranscriptCandidate[] {
  const { index, manifest, remote } = target;
  const rows = index.database
    .query(
      `SELECT c.number, c.id, c.blob FROM conversation c
         LEFT JOIN pointer p ON p.remote = ?1 AND p.id = c.id
         LEFT JOIN blob b ON b.remote = ?1 AND b.id = c.blob
       WHERE c.blob IS NOT NULL
         AND (?2 OR b.id IS NULL OR p.id IS NULL OR (p.blob IS NOT NULL AND p.blob <> c.blob))
       ORDER BY c.number`,
    )
    .all(remote, which === "all" ? 1 : 0) as ConversationRow[];
  const found: TranscriptCandidate[] = [];
  for (const { number, id, blob } of rows) {
    const kept = findSnapshot(index.project, blob as BlobId);
    if (kept === undefined) continue;
    const blobSent = manifest.hasBlob(remote, blob);
    const pointer = manifest.pointer(remote, id);
    const { snapshot } = readLiveCopy(index.project, id as ConversationId) ?? {};
    found.push({
      conversationId: id as ConversationId,
      blob: blob as BlobId,
      bytes: kept.bytes,
      updatedAt: kept.time.toISOString(),
      namedBySent: isNumberNamedBySent(index, remote, number),
      // Of a pointer that only `sync-state.json` tells of, the blob says whether it is the newest.
      pointerSent: pointer === blob || (pointer === null && blobSent),
      blobSent,
      ...(snapshot?.blob === blob ? { masked: snapshot.masked } : {}),
    });
  }
  return found;
}
