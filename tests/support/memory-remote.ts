import { BucketDigests, type RowDigest, bucketOf } from "../../src/schema/bucket-digests.ts";
import { hashBlob } from "../../src/schema/digest.ts";
import { isObject } from "../../src/schema/is-object.ts";
import type { BlobId } from "../../src/schema/ids.ts";
import { recordKey } from "../../src/schema/record-key.ts";
import { type Resource, resources } from "../../src/schema/resource.ts";
import type { Capabilities, PageItem } from "../../src/schema/wire.ts";
import type { SyncRemote } from "../../src/sync/ports.ts";

interface StoredItem extends PageItem {
  readonly place: string;
}

export interface MemoryRemote extends SyncRemote {
  /** Every batch that came, as its resource and its size. */
  readonly batches: string[];
  /** How many bytes each append brought. */
  readonly appended: number[];
}

/** A service without a network or a database: it keeps what it is sent and gives it back in its order. */
export function memoryRemote(capabilities: Partial<Capabilities> = {}): MemoryRemote {
  const kept = Object.fromEntries(
    resources.map((name) => [name, new Map<string, StoredItem>()]),
  ) as Record<Resource, Map<string, StoredItem>>;
  const blobs = new Map<BlobId, Blob>();
  const batches: string[] = [];
  const appended: number[] = [];
  let clock = 0;

  const digestsOf = (resource: Resource): RowDigest[] =>
    [...kept[resource]].map(([key, { text, value }]) => ({
      key,
      digest: hashBlob(resource === "conversations" ? String(value?.["content_sha256"]) : text),
    }));

  function keyOf(resource: Resource, value: Record<string, unknown>): string {
    if (resource === "conversations") return String(value["conversation_id"]);
    return recordKey(resource, value) ?? "";
  }

  return {
    name: "origin",
    url: "http://127.0.0.1:1/acme/app",
    batches,
    appended,
    capabilities: async () => ({
      epoch: "e1",
      rowStatus: true,
      blobsMissing: true,
      commitCounts: false,
      appendBytes: undefined,
      digest: true,
      compression: undefined,
      batchItems: 500,
      batchBytes: 1024 * 1024,
      blobBytes: undefined,
      places: undefined,
      ...capabilities,
    }),
    async sendBatch(resource, items) {
      batches.push(`${resource} ${items.length}`);
      for (const text of items) {
        const value: unknown = JSON.parse(text);
        if (!isObject(value)) throw new Error("not a row");
        const key = keyOf(resource, value);
        const place = `2026-01-01T00:00:00.${String(++clock).padStart(6, "0")}Z`;
        if (kept[resource].get(key)?.text === text) continue;
        kept[resource].delete(key);
        kept[resource].set(key, { text, value, place });
      }
      const unsaid = { stored: undefined, duplicate: undefined, replaced: undefined };
      const rest = { refused: [], places: undefined, epoch: "e1" };
      return { count: items.length, ...unsaid, ...rest };
    },
    async fetchPage(resource, since, limit) {
      const items = [...kept[resource].values()]
        .filter(({ place }) => since === null || place > since)
        .slice(0, limit);
      const bytes = items.reduce((sum, { text }) => sum + text.length, 0);
      return { items, maxTimestamp: items.at(-1)?.place ?? null, bytes, epoch: "e1" };
    },
    passRow: async () => ({ id: null, place: null, bytes: 0 }),
    missingBlobs: async (asked) => asked.filter((blob) => !blobs.has(blob)),
    async sendBlob(blob, content, onBytes) {
      blobs.set(blob, content);
      onBytes(content.size);
      return "stored";
    },
    async appendBlob(blob, { base, keeps, content }, onBytes) {
      const beginning = blobs.get(base);
      if (beginning === undefined || beginning.size < keeps) return "unknown";
      const whole = new Blob([beginning.slice(0, keeps), content]);
      if (hashBlob(await whole.bytes()) !== blob) return "mismatch";
      blobs.set(blob, whole);
      appended.push(content.size);
      onBytes(content.size);
      return "stored";
    },
    async fetchBlob(blob, download) {
      const content = blobs.get(blob);
      if (content === undefined) return "missing";
      const from = download.have;
      await download.take(content.slice(from).stream(), from);
      return "saved";
    },
    bucketDigests: async (resource) => {
      const sums = new BucketDigests();
      for (const row of digestsOf(resource)) sums.add(row);
      return sums.buckets();
    },
    bucketRows: async (resource, buckets) =>
      digestsOf(resource).filter(({ key }) => buckets.includes(bucketOf(key))),
    refusesContent: () => false,
    concernsOne: () => false,
    bytesSent: 0,
    bytesReceived: 0,
  };
}
