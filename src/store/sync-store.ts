import { statSync } from "node:fs";
import { join } from "node:path";
import type {
  Candidate,
  Merged,
  ReceivedRow,
  RemoteIdentity,
  TranscriptCandidate,
} from "../schema/exchange.ts";
import type { BlobId, ConversationId } from "../schema/ids.ts";
import type { Resource, RowResource } from "../schema/resource.ts";
import { rowResources } from "../schema/resource.ts";
import { pointConversations } from "./conversation-index.ts";
import type { RowPlace } from "./index-rows.ts";
import { withoutLocalMetadata } from "./indexed-row.ts";
import type { Warn } from "./json-file.ts";
import {
  isNamedBySent,
  isNumberNamedBySent,
  listTranscripts,
  newestSnapshot,
  readNewestSnapshots,
  setNewestSnapshot,
} from "./kept-transcripts.ts";
import { livePath } from "./live-copy.ts";
import { type LockedFile, type WaitOptions, waitForLock } from "./lock.ts";
import { type CandidateRow, Manifest } from "./manifest.ts";
import { type MissingTranscript, readMissing, updateMissing } from "./missing-transcripts.ts";
import type { ProjectPaths } from "./paths.ts";
import { planSnapshots } from "./plan-snapshots.ts";
import { agree, agreement } from "./agreement.ts";
import { ProjectIndex } from "./project-index.ts";
import { mergeRows, planMerge, syncRowFile } from "./row-merge.ts";
import { hasSnapshot, removeIncoming, saveSnapshot, snapshotPath } from "./snapshot.ts";
import { fingerprint, readSyncState, writeSyncState } from "./sync-state-file.ts";
import { dateSnapshot, takeSnapshots } from "./take-snapshots.ts";

/** Held by a push, a pull or a sync from beginning to end; another one of the project waits. */
export async function lockSync(project: ProjectPaths, options: WaitOptions): Promise<LockedFile> {
  const lock = await waitForLock(join(project.directory, ".sync-lock"), options);
  removeIncoming(project);
  return lock;
}

export interface SyncStoreOptions {
  readonly remote: string;
  /** Answer as ever and write nothing: the index is worked on in memory. */
  readonly dryRun: boolean;
  readonly warn: Warn;
  readonly now: () => Date;
}

/** Opens the store for one remote. Its methods are described in `sync/ports.ts`, `SyncStore`. */
export function openSyncStore(project: ProjectPaths, options: SyncStoreOptions): ProjectSyncStore {
  return new ProjectSyncStore(project, options);
}

/** Rows that a pull brings are settled together: an index pays for each transaction, not for each row. */
const settleAfter = 250;

/** A candidate that knows its place, so that its text is found without another look into the index. */
interface PlacedCandidate extends Candidate {
  readonly place: RowPlace;
}

/** The store as push and pull see it. */
export class ProjectSyncStore implements Disposable {
  readonly #index: ProjectIndex;
  readonly #project: ProjectPaths;
  readonly #options: SyncStoreOptions;
  readonly #manifest: Manifest;
  /** Files that rows were appended to since the last settling. */
  readonly #appended = new Set<RowResource>();
  readonly #pointed = new Map<ConversationId, BlobId>();
  readonly #found = new Set<ConversationId>();
  /** In a dry run: where the snapshots are that would be taken, and what would be merged. */
  readonly #planned = new Map<BlobId, Blob>();
  readonly #merged = new Map<RowResource, Set<string>>();
  #isDetached = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(project: ProjectPaths, options: SyncStoreOptions) {
    this.#project = project;
    this.#options = options;
    this.#index = new ProjectIndex(project);
    this.#index.ask(rowResources, () => this.#agree());
    if (!options.dryRun) this.#index.bePatient();
    this.#manifest = new Manifest(this.#index);
  }

  get #remote(): number {
    const known = this.#manifest.find(this.#options.remote);
    if (known !== undefined) return known.number;
    this.#detach();
    return this.#manifest.number(this.#options.remote);
  }

  /** A dry run that must write into the index goes on with a copy of it. */
  #detach(): void {
    if (!this.#options.dryRun || this.#isDetached) return;
    this.#index.moveToMemory();
    this.#isDetached = true;
  }

  get #target(): { index: ProjectIndex; manifest: Manifest; remote: number } {
    return { index: this.#index, manifest: this.#manifest, remote: this.#remote };
  }

  /** Takes over what another tool, or a person, did to `sync-state.json` since we wrote it. */
  #agree(): void {
    const path = this.#project.syncState;
    const mark = fingerprint(path);
    const agreed = agreement(this.#index, "sync-state");
    if (agreed !== mark && !(agreed === undefined && mark === "missing")) {
      const states = readSyncState(this.#project, this.#options.warn);
      this.#index.write(() => {
        new Manifest(this.#index).importAll(states);
        agree(this.#index, "sync-state", fingerprint(path));
        agree(this.#index, "unwritten", "");
      });
    }
    readNewestSnapshots(this.#index, this.#options.warn);
  }

  identity(): RemoteIdentity | undefined {
    const known = this.#manifest.find(this.#options.remote);
    return known === undefined || known.url === null
      ? undefined
      : { url: known.url, epoch: known.epoch ?? undefined };
  }

  identify({ url, epoch }: RemoteIdentity): "unchanged" | "new" | "changed" {
    const name = this.#options.remote;
    const known = this.#manifest.find(name);
    const isOther =
      (known?.url ?? url) !== url ||
      (known?.epoch !== null && epoch !== undefined && (known?.epoch ?? epoch) !== epoch);
    const next = epoch ?? known?.epoch ?? undefined;
    if (
      known !== undefined &&
      !isOther &&
      known.url === url &&
      (known.epoch ?? undefined) === next
    ) {
      return "unchanged";
    }
    this.#change(() => {
      if (isOther) this.#manifest.forget(name);
      this.#manifest.identify(name, url, isOther ? epoch : next);
    });
    if (known === undefined) return "new";
    return isOther ? "changed" : "unchanged";
  }

  /** Writes to the index, to be told to `sync-state.json` by the next flush. A kill after it loses nothing. */
  #change(run: () => void): void {
    this.#detach();
    this.#settle();
    this.#index.write(() => {
      run();
      agree(this.#index, "unwritten", "yes");
    });
  }

  candidates(resource: RowResource, which: "unsent" | "all"): Candidate[] {
    this.#index.catchUp([resource]);
    const remote = this.#remote;
    const places =
      which === "unsent" ? this.#manifest.unsent(remote, resource) : this.#manifest.all(resource);
    const conversations = new Map<string, ConversationId[]>();
    return places.map((place): PlacedCandidate => {
      let ids = conversations.get(place.conversations);
      if (ids === undefined) {
        ids = this.#index.rows.conversationIds(place.conversations) as ConversationId[];
        conversations.set(place.conversations, ids);
      }
      return {
        key: place.key,
        digest: place.digest,
        time: place.time,
        bytes: place.bytes,
        named: this.#isNamed(resource, place, remote),
        conversationIds: ids,
        place,
      };
    });
  }

  #isNamed(resource: RowResource, { named, conversations }: CandidateRow, remote: number): boolean {
    if (resource !== "summaries") return named === 1;
    return isNumberNamedBySent(this.#index, remote, Number(conversations));
  }

  count(resource: RowResource): number {
    return this.#index.rows.counter(resource);
  }

  texts(resource: RowResource, candidates: readonly Candidate[]): string[] {
    const places = candidates.map((candidate) => {
      const { place } = candidate as Partial<PlacedCandidate>;
      return place ?? this.#index.rows.find(resource, candidate.key);
    });
    const found = places.filter((place) => place !== undefined);
    const texts = this.#index.texts(resource, found);
    return texts.map((text, at) => {
      const place = found[at];
      return place !== undefined && place.bytes !== place.length
        ? withoutLocalMetadata(text)
        : text;
    });
  }

  acknowledge(resource: RowResource, rows: readonly Pick<Candidate, "key" | "digest">[]): void {
    if (this.#options.dryRun) return;
    this.#change(() => {
      const sent: number[] = [];
      const standing = this.#standing(resource, rows);
      for (const row of rows) {
        const { key, digest } = row;
        const seq = (row as Partial<PlacedCandidate>).place?.seq ?? -1;
        const there = standing.get(seq);
        const place = there?.key === key ? { ...there, seq } : this.#index.rows.find(resource, key);
        // Another row of the key has come meanwhile: that one is still to be sent.
        if (place?.digest === digest) sent.push(place.seq);
      }
      this.#manifest.acknowledge(this.#remote, resource, sent);
    });
  }

  /**
   * What stands now where these rows stood when they were planned, where they stand close together: one scan costs a
   * tenth of as many look-ups. Another process may have numbered the rows anew, so places are never taken on trust.
   */
  #standing(
    resource: RowResource,
    rows: readonly object[],
  ): Map<number, { key: string; digest: string }> {
    const numbers = rows.flatMap((row) => (row as Partial<PlacedCandidate>).place?.seq ?? []);
    const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
    if (numbers.length < rows.length || last - first > 4 * rows.length) return new Map();
    return this.#index.rows.between(resource, first, last);
  }

  async takeSnapshots(signal: AbortSignal): Promise<void> {
    const { warn, now, dryRun } = this.#options;
    if (dryRun) return;
    this.#settle();
    await takeSnapshots(this.#project, {
      signal,
      warn,
      now: now().getTime(),
      isAcknowledged: (blob) => this.#manifest.hasBlob(this.#remote, blob),
    });
    readNewestSnapshots(this.#index, warn);
  }

  async transcripts(which: "unsent" | "all"): Promise<TranscriptCandidate[]> {
    const kept = listTranscripts(this.#target, which);
    if (!this.#options.dryRun) return kept;
    const planned = planSnapshots(this.#project);
    for (const { blob, content } of planned) this.#planned.set(blob, content);
    const ids = new Set(planned.map(({ conversationId }) => conversationId));
    const remote = this.#remote;
    const changed = planned.map(({ conversationId, blob, content, updatedAt }) => ({
      conversationId,
      blob,
      bytes: content.size,
      updatedAt,
      namedBySent: isNamedBySent(this.#index, remote, conversationId),
      pointerSent: this.#manifest.pointer(remote, conversationId) === blob,
      blobSent: this.#manifest.hasBlob(remote, blob),
    }));
    const wanted = changed.filter(
      ({ pointerSent, blobSent }) => which === "all" || !pointerSent || !blobSent,
    );
    return [...kept.filter(({ conversationId }) => !ids.has(conversationId)), ...wanted];
  }

  openBlob(blob: BlobId): Blob {
    return this.#planned.get(blob) ?? Bun.file(snapshotPath(this.#project, blob));
  }

  acknowledgeBlob(blob: BlobId): void {
    if (!this.#options.dryRun) this.#change(() => this.#manifest.addBlob(this.#remote, blob));
  }

  forgetBlob(blob: BlobId): void {
    if (!this.#options.dryRun) this.#change(() => this.#manifest.removeBlob(this.#remote, blob));
  }

  acknowledgeTranscript(conversationId: ConversationId, blob: BlobId): void {
    if (this.#options.dryRun) return;
    this.#change(() => this.#manifest.setPointer(this.#remote, conversationId, blob));
  }

  cursor(resource: Resource): string | null {
    return this.#manifest.cursor(this.#remote, resource);
  }

  advance(resource: Resource, cursor: string): void {
    if (this.#options.dryRun) return;
    this.#gather(() => this.#manifest.setCursor(this.#remote, resource, cursor));
  }

  merge(resource: RowResource, rows: readonly ReceivedRow[]): Merged {
    if (this.#options.dryRun) return this.#countMerge(resource, rows);
    return this.#gather(() => {
      const merged = mergeRows(this.#target, resource, rows);
      if (merged.merged > 0) this.#appended.add(resource);
      return merged;
    });
  }

  #countMerge(resource: RowResource, rows: readonly ReceivedRow[]): Merged {
    const seen = this.#merged.get(resource) ?? new Set<string>();
    this.#merged.set(resource, seen);
    const { fresh } = planMerge(this.#target, resource, rows);
    const merged = fresh.filter(({ key }) => !seen.has(key));
    for (const { key } of merged) seen.add(key);
    return { merged: merged.length, skipped: rows.length - merged.length };
  }

  /** Works within a transaction that stays open for a moment, so that many pages share one. */
  #gather<T>(run: () => T): T {
    if (!this.#index.database.inTransaction) {
      this.#index.begin();
      this.#timer = setTimeout(() => this.#settle(), settleAfter);
    }
    try {
      agree(this.#index, "unwritten", "yes");
      return run();
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  /** Gives up what is not settled: rows that are in the files by now will be read again, and asked for again. */
  #abandon(): void {
    clearTimeout(this.#timer);
    this.#index.rollback();
    this.#appended.clear();
    this.#pointed.clear();
    this.#found.clear();
  }

  /**
   * Ends that transaction. In this order: rows on the disk itself, then `_index.json`, then the index with cursors and
   * acknowledgements; a cursor never outlives the rows that it has passed.
   */
  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#index.database.inTransaction) return;
    for (const resource of this.#appended) syncRowFile(this.#index, resource);
    this.#appended.clear();
    if (this.#pointed.size > 0) {
      pointConversations(this.#project, this.#pointed, this.#options.warn);
      agree(this.#index, "conversations", fingerprint(this.#project.conversationIndex));
      this.#pointed.clear();
    }
    this.#index.commit();
    if (this.#found.size > 0) {
      const forget = { forget: [...this.#found] };
      updateMissing(this.#project, this.#options.remote, forget, this.#options.warn);
      this.#found.clear();
    }
  }

  hasBlob(blob: BlobId): boolean {
    return hasSnapshot(this.#project, blob);
  }

  async saveBlob(blob: BlobId, content: ReadableStream<Uint8Array> | Uint8Array): Promise<void> {
    if (!this.#options.dryRun) await saveSnapshot(this.#project, blob, content);
  }

  pointTo(conversationId: ConversationId, blob: BlobId, updatedAt: string): "merged" | "skipped" {
    const newest = newestSnapshot(this.#index, conversationId);
    const isNews =
      newest !== blob && !isNewer(this.#project, { conversationId, newest }, updatedAt);
    if (this.#options.dryRun) return isNews ? "merged" : "skipped";
    this.#gather(() => {
      this.#manifest.addBlob(this.#remote, blob);
      this.#manifest.setPointer(this.#remote, conversationId, blob);
      this.#found.add(conversationId);
      if (!isNews) return;
      dateSnapshot(this.#project, blob, updatedAt);
      setNewestSnapshot(this.#index, conversationId, blob);
      this.#pointed.set(conversationId, blob);
    });
    return isNews ? "merged" : "skipped";
  }

  missingTranscripts(): MissingTranscript[] {
    return readMissing(this.#project, this.#options.remote, this.#options.warn);
  }

  rememberMissing(conversationId: ConversationId, blob: BlobId, updatedAt: string): void {
    if (this.#options.dryRun) return;
    const remember = { conversationId, blob, updatedAt };
    updateMissing(this.#project, this.#options.remote, { remember }, this.#options.warn);
  }

  flush(): void {
    if (this.#options.dryRun) return;
    this.#settle();
    if ((agreement(this.#index, "unwritten") ?? "") === "") return;
    const { remote, warn } = this.#options;
    const path = this.#project.syncState;
    const isOurs = (agreement(this.#index, "sync-state") ?? "missing") === fingerprint(path);
    writeSyncState(this.#project, new Map([[remote, this.#manifest.export(remote)]]), warn);
    this.#index.write(() => {
      // Where another tool wrote meanwhile, its word on other remotes is taken over by the next run.
      if (isOurs) agree(this.#index, "sync-state", fingerprint(path));
      agree(this.#index, "unwritten", "");
    });
  }

  [Symbol.dispose](): void {
    try {
      this.#settle();
    } finally {
      this.#index[Symbol.dispose]();
    }
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
