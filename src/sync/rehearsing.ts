import { isSameEpoch } from "../schema/epoch.ts";
import type { ReceivedRow, TranscriptPreviews } from "../schema/exchange.ts";
import type { BlobId } from "../schema/ids.ts";
import type { RowResource } from "../schema/resource.ts";
import type { ExchangePorts, ExchangeStore } from "./ports.ts";

/**
 * A store on which push and pull can be rehearsed: it answers every question as the one behind it would, and nothing
 * that is told to it gets there. What a remote of another identity has is forgotten by looking from then on at the
 * store as a new remote sees it.
 */
export function rehearsing(store: ExchangeStore): ExchangePorts {
  let seen: ExchangePorts = store;
  const merged = new Map<RowResource, Set<string>>();
  const contents = new Map<BlobId, Blob>();
  let previewed: TranscriptPreviews | undefined;

  /** What `merge` would append, had the rows before been appended. */
  function news(resource: RowResource, rows: readonly ReceivedRow[]): ReceivedRow[] {
    const before = merged.get(resource) ?? new Set<string>();
    merged.set(resource, before);
    return seen.rows.news(resource, rows).filter(({ key }) => !before.has(key));
  }

  /** Made once: it may read every transcript. */
  function preview(): TranscriptPreviews {
    return (previewed ??= seen.transcripts.preview());
  }

  function lookAfresh(): void {
    seen = store.afresh();
    previewed = undefined;
  }

  return {
    rows: {
      candidates: (resource, which) => seen.rows.candidates(resource, which),
      unsentTraces: () => seen.rows.unsentTraces(),
      count: (resource) => seen.rows.count(resource),
      texts: (resource, candidates) => seen.rows.texts(resource, candidates),
      digests: (resource, isWanted) => seen.rows.digests(resource, isWanted),
      acknowledge: () => {},
      news,
      merge(resource, rows) {
        const fresh = news(resource, rows);
        for (const { key } of fresh) merged.get(resource)?.add(key);
        return { merged: fresh.length, skipped: rows.length - fresh.length };
      },
    },
    transcripts: {
      take: async () => ({ held: preview().held, anew: 0 }),
      preview,
      list(which) {
        const { previews } = preview();
        const ids = new Set(previews.map(({ candidate }) => candidate.conversationId));
        for (const { candidate, content } of previews) contents.set(candidate.blob, content);
        const kept = seen.transcripts.list(which);
        const changed = previews
          .map(({ candidate }) => candidate)
          .filter(({ pointerSent, blobSent }) => which === "all" || !pointerSent || !blobSent);
        return [...kept.filter(({ conversationId }) => !ids.has(conversationId)), ...changed];
      },
      open: (blob) => contents.get(blob) ?? seen.transcripts.open(blob),
      earlier: (conversation, blob) => seen.transcripts.earlier(conversation, blob),
      // The service's word is taken for it that the bytes could be had.
      has: () => true,
      save: async () => {},
      download: () => ({ have: 0, take: async () => {}, restart: () => {} }),
      endDownloads: () => {},
      isNews: (conversation, blob, time) => seen.transcripts.isNews(conversation, blob, time),
      pointTo: (conversation, blob, time) =>
        seen.transcripts.isNews(conversation, blob, time) ? "merged" : "skipped",
      pointers: () => seen.transcripts.pointers(),
      drop: () => "gone",
      notePurged: () => {},
      noteUnshared: () => {},
      missing: () => [],
      remember: () => {},
    },
    memory: {
      identity: () => seen.memory.identity(),
      identify({ url, epoch }) {
        const known = seen.memory.identity();
        if (known === undefined) return "new";
        const isOther =
          known.url !== url ||
          (known.epoch !== undefined && epoch !== undefined && !isSameEpoch(known.epoch, epoch));
        if (isOther) lookAfresh();
        return isOther ? "changed" : "unchanged";
      },
      forget: lookAfresh,
      cursor: (resource) => seen.memory.cursor(resource),
      advance: () => {},
      noteBlob: () => {},
      forgetBlob: () => {},
      notePointer: () => {},
      flush: () => {},
    },
  };
}
