import { statSync } from "node:fs";
import type {
  Download,
  EarlierSnapshot,
  TakenTranscripts,
  MissingTranscript,
  TranscriptCandidate,
  TranscriptPreviews,
  WantedTranscript,
} from "../../schema/exchange.ts";
import type { BlobId, ConversationId } from "../../schema/ids.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readConversationIndex, unpointConversation } from "../transcripts/conversation-index.ts";
import { openDownload, removeDownloads } from "../transcripts/download.ts";
import { beginningsOf } from "../transcripts/beginnings.ts";
import {
  beginsWith,
  earlierSnapshots,
  everySnapshot,
  findByName,
  forgetEarlier,
  noteEarlier,
} from "../transcripts/earlier-snapshots.ts";
import type { Beginning } from "../transcripts/incoming-file.ts";
import { livePath, readLiveCopy } from "../transcripts/live-copy.ts";
import { readAbsent, readMissing, updateMissing } from "../transcripts/missing.ts";
import { previewSnapshots } from "../transcripts/preview-snapshots.ts";
import {
  dateSnapshot,
  findSnapshot,
  hasSnapshot,
  openSnapshot,
  removeSnapshot,
} from "../transcripts/snapshot.ts";
import { findRawTranscript } from "../transcripts/transcript.ts";
import { saveSnapshot } from "../transcripts/write-snapshot.ts";
import { takeSnapshots } from "../transcripts/take-snapshots.ts";
import {
  isNamedBySent,
  listTranscripts,
  newestSnapshot,
  readNewestSnapshots,
  setNewestSnapshot,
} from "./newest-snapshots.ts";
import type { SessionView } from "./session.ts";

/** From so many earlier snapshots a push may go on. */
const mostEarlier = 4;

/** The transcripts of an exchange: what has grown, what the remote lacks, and what comes from it. */
export function createTranscriptStore(view: SessionView) {
  const { session } = view;
  const { index, manifest, transaction, project } = session;
  const { warn, now } = session.options;
  const name = session.options.remote;

  /** Beginnings that downloads of this exchange were found to have, by what was downloaded. */
  const beginnings = new Map<BlobId, Beginning>();

  /**
   * Keeps the name of a pulled snapshot that gives way to another one. Its file goes when everything points to the new
   * one, if that begins with it.
   */
  function outgrow(id: ConversationId, blob: BlobId, earlier: BlobId | undefined): void {
    const bytes = earlier === undefined ? undefined : findSnapshot(project, earlier)?.bytes;
    if (earlier === undefined || bytes === undefined) return;
    const isBeginning =
      beginnings.get(blob)?.isThere === true || beginsWith(project, blob, { blob: earlier, bytes });
    const shared = isBeginning ? bytes : undefined;
    noteEarlier(project, id, { newest: blob, before: { blob: earlier, bytes, shared } });
    if (isBeginning) transaction.outgrown.add(earlier);
  }

  /** The conversations that this remote will not take again. */
  function purgedHere(): Set<ConversationId> {
    return readAbsent(project, { remote: name, absence: "purged" }, warn);
  }

  function notePurged(conversationId: ConversationId): void {
    updateMissing(project, name, { absent: [conversationId], absence: "purged" }, warn);
  }

  return {
    async take(signal: AbortSignal): Promise<TakenTranscripts> {
      transaction.settle();
      const purged = purgedHere();
      const taken = await takeSnapshots(project, {
        signal,
        warn,
        now: now().getTime(),
        rewrite: session.options.rewrite,
        isAcknowledged: (blob) => manifest.hasBlob(view.remote, blob),
        isPurged: (id) => purged.has(id),
      });
      readNewestSnapshots(index, warn, { restore: true });
      return taken;
    },

    preview(): TranscriptPreviews {
      const { remote } = view;
      const { rewrite, keptAs } = session.options;
      const { previews, held } = previewSnapshots(project, rewrite, keptAs);
      const purged = purgedHere();
      const going = previews.filter(({ conversationId }) => !purged.has(conversationId));
      const candidates = going.map(({ conversationId, blob, content, updatedAt, masked }) => ({
        content,
        candidate: {
          conversationId,
          masked,
          blob,
          bytes: content.size,
          updatedAt,
          namedBySent: isNamedBySent(index, remote, conversationId),
          pointerSent: manifest.pointer(remote, conversationId) === blob,
          blobSent: manifest.hasBlob(remote, blob),
        },
      }));
      return { previews: candidates, held };
    },

    list(which: "unsent" | "all"): TranscriptCandidate[] {
      const listed = listTranscripts({ index, manifest, remote: view.remote }, which);
      const purged = listed.length === 0 ? new Set() : purgedHere();
      return listed.filter(({ conversationId }) => !purged.has(conversationId));
    },
    open: (blob: BlobId): Blob => openSnapshot(project, blob),
    has: (id: ConversationId, blob: BlobId): boolean => findByName(project, id, blob) !== undefined,
    earlier: (id: ConversationId, blob: BlobId): EarlierSnapshot[] =>
      earlierSnapshots(project, id, blob)
        .filter((earlier) => manifest.hasBlob(view.remote, earlier.blob))
        .slice(0, mostEarlier),
    save: async (blob: BlobId, content: Uint8Array): Promise<void> =>
      saveSnapshot(project, blob, content),
    download(wanted: WantedTranscript): Download {
      const newest = newestSnapshot(index, wanted.conversationId);
      const kept = newest === undefined ? undefined : findSnapshot(project, newest);
      if (newest === undefined || kept === undefined) return openDownload(project, wanted);
      const beginning = { blob: newest, path: kept.path, bytes: kept.bytes };
      beginnings.set(wanted.blob, beginning);
      return openDownload(project, wanted, beginning);
    },
    endDownloads: (): void => removeDownloads(project, "all"),

    isNews(conversationId: ConversationId, blob: BlobId, updatedAt: string): boolean {
      const newest = newestSnapshot(index, conversationId);
      // What only stands here as the beginning of a longer one is older than that.
      const isHeld = !hasSnapshot(project, blob) && this.has(conversationId, blob);
      return newest !== blob && !isHeld && !isNewer(project, { conversationId, newest }, updatedAt);
    },

    pointTo(conversationId: ConversationId, blob: BlobId, updatedAt: string): "merged" | "skipped" {
      const isNews = this.isNews(conversationId, blob, updatedAt);
      transaction.gather(() => {
        const remote = manifest.number(name);
        manifest.addBlob(remote, blob);
        manifest.setPointer(remote, conversationId, blob);
        transaction.found.add(conversationId);
        if (!isNews) return;
        outgrow(conversationId, blob, newestSnapshot(index, conversationId));
        dateSnapshot(project, blob, updatedAt);
        setNewestSnapshot(index, conversationId, blob);
        transaction.pointed.set(conversationId, blob);
      });
      return isNews ? "merged" : "skipped";
    },

    drop(conversationId: ConversationId, blob: BlobId): "gone" | "kept live" | "known" {
      transaction.settle();
      const isKnown = purgedHere().has(conversationId);
      notePurged(conversationId);
      const newest = newestSnapshot(index, conversationId);
      const taken = readLiveCopy(project, conversationId)?.snapshot?.blob;
      const known = [blob, newest, taken, ...everySnapshot(project, conversationId)];
      const own = [...new Set(known.filter((one) => one !== undefined))];
      const wanted = new Set([...own, ...own.flatMap((one) => beginningsOf(project, one))]);
      // Nothing may point to bytes that are gone, so the bytes go then, and last what tells of them.
      unpointConversation(project, conversationId, warn);
      readNewestSnapshots(index, warn, { restore: false });
      const needed = new Set(readConversationIndex(project, warn).values());
      for (const gone of wanted) if (!needed.has(gone)) removeSnapshot(project, gone);
      forgetEarlier(project, conversationId);
      if (findRawTranscript(project, conversationId) === undefined) return "gone";
      return isKnown ? "known" : "kept live";
    },

    notePurged,
    noteUnshared(conversations: readonly ConversationId[]): void {
      transaction.settle();
      const waiting = new Set(
        readMissing(project, name, warn).map(({ conversationId }) => conversationId),
      );
      const purged = purgedHere();
      const absent = conversations.filter(
        (id) =>
          !waiting.has(id) &&
          !purged.has(id) &&
          newestSnapshot(index, id) === undefined &&
          readLiveCopy(project, id) === undefined,
      );
      if (absent.length > 0) updateMissing(project, name, { absent, absence: "unshared" }, warn);
    },

    pointers(): { conversationId: ConversationId; blob: BlobId }[] {
      const purged = purgedHere();
      return manifest
        .pointers(view.remote)
        .map(({ id, blob }) => ({ conversationId: id as ConversationId, blob: blob as BlobId }))
        .filter(({ conversationId }) => !purged.has(conversationId));
    },
    missing: (): MissingTranscript[] => readMissing(project, name, warn),
    remember(missing: readonly MissingTranscript[]): void {
      if (missing.length > 0) updateMissing(project, name, { remember: missing }, warn);
    },
  };
}

/** Whether what we have of a conversation is newer than what a remote says: an agent writes it here, or its time. */
function isNewer(
  project: ProjectPaths,
  own: { readonly conversationId: ConversationId; readonly newest: BlobId | undefined },
  updatedAt: string,
): boolean {
  const live = statSync(livePath(project, own.conversationId), { throwIfNoEntry: false });
  if ((live?.size ?? 0) > 0) return true;
  const kept = own.newest === undefined ? undefined : findSnapshot(project, own.newest);
  const time = Date.parse(updatedAt);
  return kept !== undefined && !Number.isNaN(time) && kept.time.getTime() > time;
}
