import {
  BucketDigests,
  type RowDigest,
  bucketOf,
  pointerDigest,
} from "../schema/bucket-digests.ts";
import type { Resource } from "../schema/resource.ts";
import type { ExchangePorts, SyncRemote } from "./ports.ts";

/** Rows of the service that are held at a time. */
const rowsAtOnce = 200_000;

/** How what is here differs from what a service has, by the keys of rows. */
export interface Differences {
  readonly resource: Resource;
  /** Rows that both sides were thought to have. */
  readonly compared: number;
  /** Here, and thought to be there; they are not. */
  readonly missing: readonly string[];
  /** On both sides, in other words. */
  readonly altered: readonly string[];
  /** There, and not here. */
  readonly extra: readonly string[];
}

interface Sides {
  readonly store: ExchangePorts;
  readonly remote: SyncRemote;
}

type LocalRow = RowDigest & { readonly known: boolean };

/**
 * Compares digests of 256 buckets, and then the rows of those that differ: two requests where little does. That a bucket
 * differs is only a reason to look at its rows. Rows that were never sent are no difference.
 */
export async function compareRows(
  { store, remote }: Sides,
  resource: Resource,
  signal: AbortSignal,
): Promise<Differences> {
  // The service reads its rows while we read ours.
  const asked = remote.bucketDigests(resource);
  asked.catch(() => {});
  const own = new BucketDigests();
  let compared = 0;
  for await (const page of inTurns(localRows(store, resource), signal)) {
    for (const row of page) {
      if (!row.known) continue;
      own.add(row);
      compared++;
    }
  }
  const theirs = await asked;
  const differing: number[] = [];
  const sizes: number[] = [];
  for (const [bucket, { count, digest }] of own.buckets().entries()) {
    if (theirs[bucket]?.count === count && theirs[bucket].digest === digest) continue;
    differing.push(bucket);
    sizes.push(theirs[bucket]?.count ?? 0);
  }
  const found = { missing: [] as string[], altered: [] as string[], extra: [] as string[] };
  for (const some of inParts(differing, sizes)) {
    const rows = await remote.bucketRows(resource, some);
    const there = new Map(rows.map(({ key, digest }) => [key, digest]));
    const wanted = new Set(some);
    const isWanted = (key: string): boolean => wanted.has(bucketOf(key));
    for await (const page of inTurns(localRows(store, resource, isWanted), signal)) {
      for (const { key, digest, known } of page) {
        const other = there.get(key);
        there.delete(key);
        if (!known) continue;
        if (other === undefined) found.missing.push(key);
        else if (other !== digest) found.altered.push(key);
      }
    }
    for (const key of there.keys()) found.extra.push(key);
  }
  return { resource, compared, ...found };
}

function localRows(
  { rows, transcripts }: ExchangePorts,
  resource: Resource,
  isWanted?: (key: string) => boolean,
): Iterable<readonly LocalRow[]> {
  if (resource !== "conversations") return rows.digests(resource, isWanted);
  const pointers = transcripts.pointers().map(({ conversationId: key, blob }) => ({
    key,
    digest: pointerDigest(blob),
    known: true,
  }));
  return [isWanted === undefined ? pointers : pointers.filter(({ key }) => isWanted(key))];
}

/** Buckets whose rows can be held together. */
function* inParts(buckets: readonly number[], sizes: readonly number[]): Generator<number[]> {
  let part: number[] = [];
  let rows = 0;
  for (const [at, bucket] of buckets.entries()) {
    const size = sizes[at] ?? 0;
    if (part.length > 0 && rows + size > rowsAtOnce) {
      yield part;
      part = [];
      rows = 0;
    }
    part.push(bucket);
    rows += size;
  }
  if (part.length > 0) yield part;
}

/** Lets answers and signals through between the pages. */
async function* inTurns<T>(pages: Iterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for (const page of pages) {
    yield page;
    await new Promise((resume) => setImmediate(resume));
    signal.throwIfAborted();
  }
}
