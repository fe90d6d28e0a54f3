import { hashBlob } from "../../src/schema/digest.ts";
import type {
  EarlierSnapshot,
  MissingTranscript,
  ReceivedRow,
  RemoteIdentity,
} from "../../src/schema/exchange.ts";
import type { BlobId, ConversationId } from "../../src/schema/ids.ts";
import { type Resource, type RowResource, rowResources } from "../../src/schema/resource.ts";
import { claimsAll } from "../../src/store/exchange/differing-ledgers.ts";
import {
  hasLocalMetadata,
  indexedRow,
  withoutLocalMetadata,
} from "../../src/store/index/indexed-row.ts";
import type { ExchangePorts } from "../../src/sync/ports.ts";
import { type MemorySnapshot as Snapshot, memoryDownload, refuse } from "./memory-download.ts";

interface KeptRow {
  readonly key: string;
  readonly digest: string;
  /** As it goes over the wire. */
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly isPulled: boolean;
}

export interface MemoryExchange extends ExchangePorts {
  /** Appends a row as a hook does. */
  add(resource: RowResource, value: object): void;
  /** Lets an agent's transcript hold this, whatever it held. */
  write(id: ConversationId, content: string, time: string): void;
}

/** A project's store towards one remote, without a disk: what `openExchange` keeps in files stands in maps here. */
export function memoryExchange(): MemoryExchange {
  const rows = perResource(() => new Map<string, KeptRow>());
  const sent = perResource(() => new Map<string, string>());
  const live = new Map<ConversationId, Snapshot>();
  const snapshots = new Map<BlobId, Snapshot>();
  const newest = new Map<ConversationId, BlobId>();
  const before = new Map<ConversationId, EarlierSnapshot[]>();
  const absent = new Map<ConversationId, MissingTranscript>();
  const purged = new Set<ConversationId>();
  const downloads = new Map<BlobId, Uint8Array>();
  const blobs = new Set<BlobId>();
  const pointers = new Map<ConversationId, BlobId>();
  const cursors = new Map<Resource, string>();
  let known: RemoteIdentity | undefined;

  const isSent = (resource: RowResource, { key, digest }: KeptRow): boolean =>
    sent[resource].get(key) === digest;
  const conversationsOf = (resource: RowResource, { value }: KeptRow): ConversationId[] =>
    [...(indexedRow(resource, value)?.conversations ?? [])] as ConversationId[];
  const isNamedBySent = (id: ConversationId | undefined): boolean =>
    (["traces", "ledgers"] as const).some((resource) =>
      [...rows[resource].values()].some(
        (row) =>
          isSent(resource, row) && conversationsOf(resource, row).some((other) => other === id),
      ),
    );

  function isNamed(resource: RowResource, row: KeptRow): boolean {
    if (resource === "summaries") return isNamedBySent(conversationsOf(resource, row)[0]);
    if (resource !== "traces") return true;
    const ledgers = [...rows.ledgers.values()];
    return ledgers.some(({ value }) => (value["trace_ids"] as string[]).includes(row.key));
  }

  /** Of traces and summaries the first row of a key counts, of the others the last. */
  function keep(resource: RowResource, row: Pick<KeptRow, "value" | "isPulled">): void {
    const key = indexedRow(resource, row.value)?.key;
    if (key === undefined || (rows[resource].has(key) && isFirst(resource))) return;
    const whole = JSON.stringify(row.value);
    const text = hasLocalMetadata(resource, row.value) ? withoutLocalMetadata(whole) : whole;
    rows[resource].delete(key);
    rows[resource].set(key, { ...row, key, text, digest: hashBlob(text) });
  }

  function plan(resource: RowResource, received: readonly ReceivedRow[]) {
    const fresh = new Map<string, ReceivedRow>();
    const same: KeptRow[] = [];
    const differing = new Set<string>();
    for (const row of received) {
      const own = rows[resource].get(row.key);
      const isSame =
        own !== undefined && (isFirst(resource) || Bun.deepEquals(own.value, row.value));
      if (fresh.has(row.key)) {
        if (!isFirst(resource)) fresh.set(row.key, row);
      } else if (own === undefined) fresh.set(row.key, row);
      else if (isSame) same.push(own);
      else if (!isSent(resource, own)) continue;
      else if (resource !== "ledgers" || own.isPulled || claimsAll(row.value, own.value)) {
        fresh.set(row.key, row);
      } else differing.add(row.key);
    }
    return { fresh: [...fresh.values()], same, differing: [...differing] };
  }

  function candidateOf(conversationId: ConversationId, blob: BlobId, { bytes, time }: Snapshot) {
    return {
      conversationId,
      blob,
      bytes: bytes.length,
      updatedAt: time,
      namedBySent: isNamedBySent(conversationId),
      pointerSent: pointers.get(conversationId) === blob,
      blobSent: blobs.has(blob),
    };
  }

  /** Live copies with bytes that no snapshot of theirs has. */
  const grown = () =>
    [...live]
      .map(([id, copy]) => ({ id, copy, blob: hashBlob(copy.bytes) }))
      .filter(({ id, blob }) => newest.get(id) !== blob && !purged.has(id));

  function outgrow(id: ConversationId, blob: BlobId): void {
    const earlier = newest.get(id);
    const bytes = earlier === undefined ? undefined : snapshots.get(earlier)?.bytes.length;
    if (earlier !== undefined && bytes !== undefined && earlier !== blob) {
      before.set(id, [...(before.get(id) ?? []), { blob: earlier, bytes, shared: undefined }]);
    }
    newest.set(id, blob);
  }

  function forget(): void {
    for (const resource of rowResources) sent[resource].clear();
    for (const memory of [blobs, pointers, cursors]) memory.clear();
  }

  return {
    add: (resource, value) => keep(resource, { value: { ...value }, isPulled: false }),
    write: (id, content, time) =>
      void live.set(id, { bytes: new TextEncoder().encode(content), time }),
    rows: {
      unsentTraces() {
        return [this.candidates("traces", "unsent")];
      },
      candidates: (resource, which) =>
        [...rows[resource].values()]
          .filter((row) => which === "all" || !isSent(resource, row))
          .map((row) => ({
            key: row.key,
            digest: row.digest,
            time: indexedRow(resource, row.value)?.time ?? null,
            bytes: Buffer.byteLength(row.text),
            named: isNamed(resource, row),
            conversationIds: conversationsOf(resource, row),
          })),
      count: (resource) => rows[resource].size,
      texts: (resource, wanted) => wanted.flatMap(({ key }) => rows[resource].get(key)?.text ?? []),
      *digests(resource, isWanted = () => true) {
        for (const row of rows[resource].values()) {
          const known = isSent(resource, row);
          if (isWanted(row.key)) yield [{ key: row.key, digest: hashBlob(row.text), known }];
        }
      },
      acknowledge(resource, acknowledged) {
        for (const { key, digest } of acknowledged) {
          if (rows[resource].get(key)?.digest === digest) sent[resource].set(key, digest);
        }
      },
      news: (resource, received) => plan(resource, received).fresh,
      merge(resource, received) {
        const { fresh, same, differing } = plan(resource, received);
        for (const { value } of fresh) keep(resource, { value, isPulled: true });
        const there = [...same, ...fresh.map(({ key }) => rows[resource].get(key))];
        for (const row of there) if (row !== undefined) sent[resource].set(row.key, row.digest);
        const counts = { merged: fresh.length, skipped: received.length - fresh.length };
        return differing.length === 0 ? counts : { ...counts, differing };
      },
    },
    transcripts: {
      async take() {
        for (const { id, copy, blob } of grown()) {
          snapshots.set(blob, copy);
          outgrow(id, blob);
        }
        return { held: [], anew: 0 };
      },
      preview: () => ({
        previews: grown().map(({ id, copy, blob }) => ({
          candidate: candidateOf(id, blob, copy),
          content: new Blob([Uint8Array.from(copy.bytes)]),
        })),
        held: [],
      }),
      list: (which) =>
        [...newest]
          .flatMap(([id, blob]) => {
            const kept = snapshots.get(blob);
            return kept === undefined ? [] : [candidateOf(id, blob, kept)];
          })
          .filter(({ pointerSent, blobSent }) => which === "all" || !pointerSent || !blobSent),
      open: (blob) => new Blob([Uint8Array.from(snapshots.get(blob)?.bytes ?? [])]),
      has: (_id, blob) => snapshots.has(blob),
      earlier: (id, blob) =>
        (before.get(id) ?? [])
          .filter((earlier) => earlier.blob !== blob && blobs.has(earlier.blob))
          .toReversed()
          .slice(0, 4),
      async save(blob, bytes) {
        if (hashBlob(bytes) !== blob) refuse("digest_mismatch");
        snapshots.set(blob, { bytes, time: new Date().toISOString() });
      },
      download: ({ conversationId, blob, size }) =>
        memoryDownload({ blob, size, downloads, snapshots, own: newest.get(conversationId) }),
      endDownloads: () => downloads.clear(),
      isNews(id, blob, updatedAt) {
        const own = newest.get(id);
        if (before.get(id)?.some((earlier) => earlier.blob === blob) === true) return false;
        if (own === blob || (live.get(id)?.bytes.length ?? 0) > 0) return false;
        const kept = own === undefined ? undefined : snapshots.get(own);
        return kept === undefined || !(Date.parse(kept.time) > Date.parse(updatedAt));
      },
      pointTo(id, blob, updatedAt) {
        const isNews = this.isNews(id, blob, updatedAt);
        blobs.add(blob);
        pointers.set(id, blob);
        absent.delete(id);
        const kept = snapshots.get(blob);
        if (!isNews || kept === undefined) return "skipped";
        snapshots.set(blob, { ...kept, time: updatedAt });
        outgrow(id, blob);
        return "merged";
      },
      drop(id, blob) {
        const isKnown = purged.has(id);
        purged.add(id);
        const own = newest.get(id);
        newest.delete(id);
        before.delete(id);
        absent.delete(id);
        const needed = new Set(newest.values());
        for (const gone of [blob, own]) {
          if (gone !== undefined && !needed.has(gone)) snapshots.delete(gone);
        }
        if (!live.has(id)) return "gone";
        return isKnown ? "known" : "kept live";
      },
      notePurged: (id) => void purged.add(id),
      noteUnshared: () => {},
      pointers: () => [...pointers].map(([conversationId, blob]) => ({ conversationId, blob })),
      missing: () => [...absent.values()],
      remember: (missing) => missing.forEach((one) => absent.set(one.conversationId, one)),
    },
    memory: {
      identity: () => known,
      identify({ url, epoch }) {
        const before = known;
        const isOther =
          before !== undefined &&
          (before.url !== url ||
            (before.epoch !== undefined && epoch !== undefined && before.epoch !== epoch));
        if (isOther) forget();
        known = { url, epoch: isOther ? epoch : (epoch ?? before?.epoch) };
        if (before === undefined) return "new";
        return isOther ? "changed" : "unchanged";
      },
      forget,
      cursor: (resource) => cursors.get(resource) ?? null,
      advance: (resource, cursor) => void cursors.set(resource, cursor),
      noteBlob: (blob) => void blobs.add(blob),
      forgetBlob: (blob) => void blobs.delete(blob),
      notePointer: (id, blob) => void pointers.set(id, blob),
      flush: () => {},
    },
  };
}

function isFirst(resource: RowResource): boolean {
  return resource === "traces" || resource === "summaries";
}

function perResource<T>(make: () => T): Record<RowResource, T> {
  return { traces: make(), ledgers: make(), commit_links: make(), summaries: make() };
}
