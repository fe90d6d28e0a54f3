import { sha256Hex } from "../schema/digest.ts";
import type { BlobId } from "../schema/ids.ts";
import { mergeable, range, segmentBytes } from "./blob-parts.ts";
import { type HashState, beginHash, resumeHash } from "../hash-state.ts";
import type { BlobPart, BlobScope, KnownBlob, Records, StoredBlob } from "./records.ts";
import { packSegment, unpackSegment } from "./segment-frames.ts";
import type { SegmentStore } from "./segment-store.ts";

/** Given to a reader at a time. */
const chunkBytes = 256 * 1024;
/** Blobs that are looked for at a time. */
const lookups = 32;
/** How often an append starts over because somebody else changed what it rests on. */
const attempts = 5;

export type Appended =
  | { readonly blob: KnownBlob }
  | { readonly failed: "digest_mismatch" | "base_gone" | "busy" };

export interface Append {
  readonly base: BlobId;
  /** Bytes of the base that are kept. */
  readonly offset: number;
  readonly body: Uint8Array;
  readonly result: BlobId;
}

/** The bytes of conversations: blobs that are made of segments. */
export interface Blobs {
  /** Stores all that `content` gives and makes it known to the scope. Where `content` throws, nothing is kept. */
  write(
    scope: BlobScope,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<KnownBlob>;
  /** Stores `base[0..offset) + body`, if that has the digest it is said to have. */
  append(scope: BlobScope, append: Append): Promise<Appended>;
  /** Gives a blob segments of its own, so that those that it shared can go. */
  rewrite(orgId: string, id: BlobId): Promise<void>;
  /** The bytes from one of them up to another one, as they are taken. */
  read(orgId: string, id: BlobId, range: { from: number; to: number }): AsyncGenerator<Uint8Array>;
  /** Those of the blobs that the scope knows and whose bytes are here: what was lost may be sent again. */
  present(scope: BlobScope, ids: readonly BlobId[]): Promise<Map<BlobId, KnownBlob>>;
}

/** The blobs of these records, over these segments. */
export function openBlobs(records: Records, segments: SegmentStore): Blobs {
  const drop = async (names: readonly string[]): Promise<void> => {
    // What stays behind is found by `admin gc`.
    for (const name of names) await segments.delete(name).catch(() => {});
  };

  async function put(bytes: Uint8Array): Promise<string> {
    const suffix = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString("hex");
    const name = `${sha256Hex(bytes)}.${suffix}`;
    await segments.put(name, await packSegment(bytes));
    return name;
  }

  async function* readPart({ segment, encoding, start, length }: BlobPart) {
    const isPlain = encoding === "plain";
    const stream = await segments.read(segment, isPlain ? start : 0);
    if (stream === undefined) throw new SegmentGone(segment);
    let left = length;
    for await (const chunk of isPlain ? stream : unpackSegment(stream, start)) {
      for (let at = 0; at < chunk.length && left > 0; at += chunkBytes) {
        const piece = chunk.subarray(at, at + Math.min(chunkBytes, left));
        left -= piece.length;
        yield piece;
      }
      if (left === 0) return;
    }
    if (left > 0) throw new Error("a segment is shorter than its blob says");
  }

  async function* read(
    orgId: string,
    id: BlobId,
    { from, to }: { from: number; to: number },
  ): AsyncGenerator<Uint8Array> {
    let at = from;
    for (let tries = 0; at < to; tries++) {
      const stored = await records.storedBlob(orgId, id);
      try {
        for (const part of range(stored?.parts ?? [], { from: at, to })) {
          for await (const chunk of readPart(part)) {
            at += chunk.length;
            yield chunk;
          }
        }
        if (at < to) throw new Error("a blob is shorter than it should be");
      } catch (error) {
        // The segment was merged into another one while we read: the list has changed with it.
        if (!(error instanceof SegmentGone) || tries >= attempts) throw error;
        if (await isStillNamed(orgId, id, error.segment)) {
          await records.forgetBlob(orgId, id);
          throw error;
        }
      }
    }
  }

  async function isStillNamed(orgId: string, id: BlobId, segment: string): Promise<boolean> {
    const stored = await records.storedBlob(orgId, id);
    return stored?.parts.some((part) => part.segment === segment) ?? false;
  }

  /** The hash of the first bytes of a blob, from the nearest place where its state was kept. */
  async function hashUpTo(kept: readonly BlobPart[]): Promise<HashState> {
    for (let known = kept.length; known >= 0; known--) {
      const state = known === 0 ? undefined : kept[known - 1]?.state;
      if (state === null) continue;
      const hash = state === undefined ? await beginHash() : await resumeHash(state);
      if (hash === undefined) continue;
      for (const part of kept.slice(known)) {
        for await (const chunk of readPart(part)) hash.update(chunk);
      }
      return hash;
    }
    throw new Error("a fresh hash could not be made");
  }

  async function appendOnce(
    scope: BlobScope,
    stored: StoredBlob,
    { base, offset, body, result }: Append,
  ): Promise<Appended | "again"> {
    const kept = [...range(stored.parts, { from: 0, to: offset })];
    const hash = await hashUpTo(kept);
    hash.update(body);
    const state = hash.save();
    if (hash.digest() !== result) return { failed: "digest_mismatch" };
    const merged = mergeable(kept, body.length);
    const pieces: Uint8Array[] = [];
    for (const part of merged) for await (const chunk of readPart(part)) pieces.push(chunk);
    const bytes = merged.length === 0 ? body : Buffer.concat([...pieces, body]);
    const name = await put(bytes);
    globalThis.failPoint?.("service.append-segment");
    // A segment that lies in the new one from its beginning to its end is not needed any longer.
    const absorbed: { name: string; start: number }[] = [];
    let start = 0;
    for (const part of merged) {
      const isWhole = part.start === 0 && part.length === part.segmentSize;
      if (isWhole) absorbed.push({ name: part.segment, start });
      start += part.length;
    }
    const parts = [
      ...kept.slice(0, kept.length - merged.length),
      {
        segment: name,
        encoding: "frames" as const,
        start: 0,
        state,
        length: bytes.length,
        segmentSize: bytes.length,
      },
    ];
    const saved = await records.saveBlob(scope, {
      id: result,
      size: offset + body.length,
      parts,
      added: [name],
      absorbed,
      replaces: false,
      base,
    });
    globalThis.failPoint?.("service.append-saved");
    await drop(saved.freed);
    globalThis.failPoint?.("service.append-freed");
    if (saved.outcome === "stored" || saved.outcome === "known") {
      return { blob: { id: result, size: offset + body.length } };
    }
    return "again";
  }

  async function isHere(orgId: string, { id, size }: KnownBlob): Promise<boolean> {
    const stored = await records.storedBlob(orgId, id);
    if (stored === undefined || stored.size !== size) return false;
    return (await segments.lost(stored.parts.map(({ segment }) => segment))).size === 0;
  }

  async function stream(
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<{ id: BlobId; size: number; parts: BlobPart[]; added: string[] }> {
    const added: string[] = [];
    const parts: BlobPart[] = [];
    const hasher = new Bun.CryptoHasher("sha256");
    let size = 0;
    let gathered: Uint8Array[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      if (bytes === 0) return;
      const whole = gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered);
      gathered = [];
      const name = await put(whole);
      added.push(name);
      parts.push({
        segment: name,
        encoding: "frames",
        start: 0,
        state: null,
        length: whole.length,
        segmentSize: whole.length,
      });
      bytes = 0;
    };
    try {
      for await (const chunk of content) {
        hasher.update(chunk);
        size += chunk.length;
        for (let at = 0; at < chunk.length;) {
          const piece = chunk.subarray(at, at + segmentBytes - bytes);
          gathered.push(piece);
          bytes += piece.length;
          at += piece.length;
          if (bytes === segmentBytes) await flush();
        }
      }
      await flush();
      return { id: hasher.digest("hex") as BlobId, size, parts, added };
    } catch (error) {
      await drop(added);
      throw error;
    }
  }

  return {
    read,
    async rewrite(orgId, id) {
      const stored = await records.storedBlob(orgId, id);
      if (stored === undefined) return;
      const { added, parts, size } = await stream(read(orgId, id, { from: 0, to: stored.size }));
      const saved = await records.saveBlob(
        { orgId, projectId: null },
        { id, size, parts, added, absorbed: [], replaces: true },
      );
      await drop(saved.freed);
    },
    async write(scope, content) {
      const { id, size, parts, added } = await stream(content);
      globalThis.failPoint?.("service.upload-segments");
      try {
        const stored = await records.storedBlob(scope.orgId, id);
        const lost = await segments.lost((stored?.parts ?? []).map(({ segment }) => segment));
        const replaces = lost.size > 0;
        const saved = await records.saveBlob(scope, {
          id,
          size,
          parts,
          added,
          absorbed: [],
          replaces,
        });
        globalThis.failPoint?.("service.upload-saved");
        await drop(saved.freed);
        return { id, size };
      } catch (error) {
        await drop(added);
        throw error;
      }
    },
    async append(scope, append) {
      for (let tries = 0; tries < attempts; tries++) {
        const stored = await records.storedBlob(scope.orgId, append.base);
        if (stored === undefined) return { failed: "base_gone" };
        try {
          const appended = await appendOnce(scope, stored, append);
          if (appended !== "again") return appended;
        } catch (error) {
          if (!(error instanceof SegmentGone)) throw error;
        }
      }
      return { failed: "busy" };
    },
    async present(scope, ids) {
      const present = new Map<BlobId, KnownBlob>();
      const known = [...(await records.knownBlobs(scope, ids)).values()];
      for (let first = 0; first < known.length; first += lookups) {
        const some = known.slice(first, first + lookups);
        const here = await Promise.all(some.map((blob) => isHere(scope.orgId, blob)));
        for (const [at, blob] of some.entries()) if (here[at] === true) present.set(blob.id, blob);
      }
      return present;
    },
  };
}

class SegmentGone extends Error {
  readonly segment: string;
  constructor(segment: string) {
    super(`the segment ${segment} is not there`);
    this.segment = segment;
  }
}
