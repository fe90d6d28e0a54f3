import type { BlobId, ConversationId } from "../../schema/ids.ts";
import type { RowResource } from "../../schema/resource.ts";
import { Manifest } from "./manifest.ts";
import { pointConversations, removeUnnamed } from "../transcripts/conversation-index.ts";
import { databaseFailure } from "../files/disk-failure.ts";
import type { Warn } from "../files/json-file.ts";
import { updateMissing } from "../transcripts/missing.ts";
import type { ProjectIndex } from "../index/project-index.ts";
import { syncRowFile } from "./row-merge.ts";
import { fingerprint } from "./sync-state-file.ts";

/** Milliseconds for which rows that a pull brings are gathered. */
const settleAfter = 250;

/**
 * What an exchange changes in the index. An acknowledgement is there at once; what a pull brings shares a transaction
 * for a moment, since an index pays for each transaction and not for each row.
 */
export class SyncTransaction {
  /** Files that rows were appended to, snapshots that were pointed to, and transcripts found since the last settling. */
  readonly appended = new Set<RowResource>();
  readonly pointed = new Map<ConversationId, BlobId>();
  readonly found = new Set<ConversationId>();
  /** Snapshots whose bytes a newer one has: they go once nothing points to them any more. */
  readonly outgrown = new Set<BlobId>();
  readonly #index: ProjectIndex;
  readonly #manifest: Manifest;
  readonly #remote: string;
  readonly #warn: Warn;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What went wrong while nobody was looking: thrown by the next call. */
  #failure: unknown;

  constructor(index: ProjectIndex, { remote, warn }: { remote: string; warn: Warn }) {
    this.#index = index;
    this.#manifest = new Manifest(index);
    this.#remote = remote;
    this.#warn = warn;
  }

  /** Writes to the index, to be told to `sync-state.json` by the next flush. A kill after it loses nothing. */
  change(run: () => void): void {
    this.settle();
    this.#guard(() =>
      this.#index.write(() => {
        run();
        this.#manifest.agree("unwritten", "yes");
      }),
    );
  }

  /** Works within the transaction that stays open for a moment. */
  gather<T>(run: () => T): T {
    return this.#guard(() => {
      if (!this.#index.database.inTransaction) {
        this.#index.begin();
        this.#timer = setTimeout(() => this.#settleLater(), settleAfter);
      }
      this.#manifest.agree("unwritten", "yes");
      return run();
    });
  }

  #settleLater(): void {
    try {
      this.settle();
    } catch (error) {
      this.#failure = error;
    }
  }

  /**
   * Ends that transaction. In this order: rows on the disk itself, then `_index.json`, then the index with cursors and
   * acknowledgements; a cursor never outlives the rows that it has passed.
   */
  settle(): void {
    this.#guard(() => {
      clearTimeout(this.#timer);
      if (!this.#index.database.inTransaction) return;
      globalThis.failPoint?.("settle.begun");
      for (const resource of this.appended) syncRowFile(this.#index, resource);
      globalThis.failPoint?.("settle.rows");
      if (this.pointed.size > 0) {
        pointConversations(this.#index.project, this.pointed, this.#warn);
        this.#manifest.agree("conversations", fingerprint(this.#index.project.conversationIndex));
      }
      globalThis.failPoint?.("settle.pointed");
      this.#index.commit();
      globalThis.failPoint?.("settle.noted");
      const forget = [...this.found];
      removeUnnamed(this.#index.project, [...this.outgrown], this.#warn);
      this.#clear();
      if (forget.length > 0) {
        updateMissing(this.#index.project, this.#remote, { forget }, this.#warn);
      }
    });
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.appended.clear();
    this.pointed.clear();
    this.found.clear();
    this.outgrown.clear();
  }

  /** Gives up what is not settled: rows that are in the files by now will be read again, and asked for again. */
  abandon(): void {
    this.#clear();
    this.#index.rollback();
  }

  #guard<T>(run: () => T): T {
    const failure = this.#failure;
    if (failure !== undefined) {
      this.#failure = undefined;
      throw failure;
    }
    try {
      return run();
    } catch (error) {
      this.abandon();
      throw databaseFailure(error, this.#index.project.index);
    }
  }
}
