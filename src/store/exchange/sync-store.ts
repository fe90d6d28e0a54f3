import { statSync } from "node:fs";
import { join } from "node:path";
import type { TranscriptCandidate } from "../../schema/exchange.ts";
import type { BlobId, ConversationId } from "../../schema/ids.ts";
import {
  isNamedBySent,
  listTranscripts,
  newestSnapshot,
  readNewestSnapshots,
  setNewestSnapshot,
} from "./transcripts.ts";
import { livePath } from "../transcripts/live-copy.ts";
import { type LockedFile, type WaitOptions, waitForLock } from "../files/lock.ts";
import { type MissingTranscript, readMissing, updateMissing } from "../transcripts/missing.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { planSnapshots } from "../transcripts/plan-snapshots.ts";
import {
  hasSnapshot,
  removeIncoming,
  saveSnapshot,
  snapshotPath,
} from "../transcripts/snapshot.ts";
import { SyncRows } from "./rows.ts";
import type { SyncStoreOptions } from "./session.ts";
import { dateSnapshot, takeSnapshots } from "../transcripts/take-snapshots.ts";

/** Held by a push, a pull or a sync from beginning to end; another one of the project waits. */
export async function lockSync(project: ProjectPaths, options: WaitOptions): Promise<LockedFile> {
  const lock = await waitForLock(join(project.directory, ".sync-lock"), options);
  removeIncoming(project);
  return lock;
}

/** Opens the store for one remote. Its methods are described in `sync/ports.ts`, `SyncStore`. */
export function openSyncStore(project: ProjectPaths, options: SyncStoreOptions): ProjectSyncStore {
  return new ProjectSyncStore(project, options);
}

/** The store as push and pull see it: its rows, and here its transcripts. */
export class ProjectSyncStore extends SyncRows {
  /** In a dry run: where the snapshots are that would be taken. */
  readonly #planned = new Map<BlobId, Blob>();

  async takeSnapshots(signal: AbortSignal): Promise<void> {
    const { warn, now, dryRun } = this.options;
    if (dryRun) return;
    this.transaction.settle();
    await takeSnapshots(this.project, {
      signal,
      warn,
      now: now().getTime(),
      isAcknowledged: (blob) => this.manifest.hasBlob(this.remote, blob),
    });
    readNewestSnapshots(this.index, warn, { restore: true });
  }

  async transcripts(which: "unsent" | "all"): Promise<TranscriptCandidate[]> {
    const kept = listTranscripts(this.target, which);
    if (!this.options.dryRun) return kept;
    const planned = planSnapshots(this.project);
    for (const { blob, content } of planned) this.#planned.set(blob, content);
    const ids = new Set(planned.map(({ conversationId }) => conversationId));
    const remote = this.remote;
    const changed = planned.map(({ conversationId, blob, content, updatedAt }) => ({
      conversationId,
      blob,
      bytes: content.size,
      updatedAt,
      namedBySent: isNamedBySent(this.index, remote, conversationId),
      pointerSent: this.manifest.pointer(remote, conversationId) === blob,
      blobSent: this.manifest.hasBlob(remote, blob),
    }));
    const wanted = changed.filter(
      ({ pointerSent, blobSent }) => which === "all" || !pointerSent || !blobSent,
    );
    return [...kept.filter(({ conversationId }) => !ids.has(conversationId)), ...wanted];
  }

  openBlob(blob: BlobId): Blob {
    return this.#planned.get(blob) ?? Bun.file(snapshotPath(this.project, blob));
  }

  acknowledgeBlob(blob: BlobId): void {
    if (!this.options.dryRun) this.change(() => this.manifest.addBlob(this.remote, blob));
  }

  forgetBlob(blob: BlobId): void {
    if (!this.options.dryRun) this.change(() => this.manifest.removeBlob(this.remote, blob));
  }

  acknowledgeTranscript(conversationId: ConversationId, blob: BlobId): void {
    if (this.options.dryRun) return;
    this.change(() => this.manifest.setPointer(this.remote, conversationId, blob));
  }

  hasBlob(blob: BlobId): boolean {
    return hasSnapshot(this.project, blob);
  }

  async saveBlob(blob: BlobId, content: ReadableStream<Uint8Array> | Uint8Array): Promise<void> {
    if (!this.options.dryRun) await saveSnapshot(this.project, blob, content);
  }

  pointTo(conversationId: ConversationId, blob: BlobId, updatedAt: string): "merged" | "skipped" {
    const newest = newestSnapshot(this.index, conversationId);
    const isNews = newest !== blob && !isNewer(this.project, { conversationId, newest }, updatedAt);
    if (this.options.dryRun) return isNews ? "merged" : "skipped";
    this.transaction.gather(() => {
      this.manifest.addBlob(this.remote, blob);
      this.manifest.setPointer(this.remote, conversationId, blob);
      this.transaction.found.add(conversationId);
      if (!isNews) return;
      dateSnapshot(this.project, blob, updatedAt);
      setNewestSnapshot(this.index, conversationId, blob);
      this.transaction.pointed.set(conversationId, blob);
    });
    return isNews ? "merged" : "skipped";
  }

  missingTranscripts(): MissingTranscript[] {
    return readMissing(this.project, this.options.remote, this.options.warn);
  }

  rememberMissing(conversationId: ConversationId, blob: BlobId, updatedAt: string): void {
    if (this.options.dryRun) return;
    const remember = { conversationId, blob, updatedAt };
    updateMissing(this.project, this.options.remote, { remember }, this.options.warn);
  }
}

/** Whether what we have of a conversation is newer than what a remote says: an agent writes it here, or its time. */
function isNewer(
  project: ProjectPaths,
  own: { readonly conversationId: ConversationId; readonly newest: BlobId | undefined },
  updatedAt: string,
): boolean {
  const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size(livePath(project, own.conversationId)) > 0) return true;
  if (own.newest === undefined) return false;
  const stats = statSync(snapshotPath(project, own.newest), { throwIfNoEntry: false });
  const time = Date.parse(updatedAt);
  return stats !== undefined && !Number.isNaN(time) && stats.mtime.getTime() > time;
}
