import { type Bucket, BucketDigests, type RowDigest, bucketOf } from "../schema/bucket-digests.ts";
import type { Resource } from "../schema/resource.ts";
import type { Microseconds, Records, Tenant } from "./records.ts";

/** Rows that are read at a time; in between others are answered. */
const atATime = 1000;
/** Rows that one answer lists. */
const mostListed = 100_000;

/** The key as both sides write it: the service keeps a summary's as a pair, since either half may hold any character. */
function sharedKey(resource: Resource, key: string): string {
  if (resource !== "summaries") return key;
  const [conversation, created] = JSON.parse(key) as [string, string];
  return `${conversation}:${created}`;
}

async function* walk(
  records: Records,
  tenant: Tenant,
  { resource, isWanted }: { resource: Resource; isWanted?: (key: string) => boolean },
): AsyncGenerator<{ rows: RowDigest[]; last: Microseconds }> {
  for (let since: Microseconds | null = null; ;) {
    const wants = isWanted === undefined ? {} : { isWanted };
    const read = await records.digests(tenant, resource, { since, limit: atATime, ...wants });
    if (read.last === null) return;
    since = read.last;
    const rows = read.rows.map(({ key, digest }) => ({ key: sharedKey(resource, key), digest }));
    yield { rows, last: read.last };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One digest for each of 256 buckets. */
export async function bucketDigests(
  records: Records,
  tenant: Tenant,
  resource: Resource,
): Promise<{ buckets: Bucket[]; last: Microseconds | null }> {
  const sums = new BucketDigests();
  let last: Microseconds | null = null;
  for await (const page of walk(records, tenant, { resource })) {
    last = page.last;
    for (const row of page.rows) sums.add(row);
  }
  return { buckets: sums.buckets(), last };
}

/** The rows of some buckets, sorted by key in UTF-8, behind `after`; `more` where there are others. */
export async function bucketRows(
  records: Records,
  tenant: Tenant,
  { resource, buckets, after }: { resource: Resource; buckets: readonly number[]; after: string },
): Promise<{ rows: RowDigest[]; more: boolean; last: Microseconds | null }> {
  const wanted = new Set(buckets);
  let found: { bytes: Buffer; row: RowDigest }[] = [];
  let more = false;
  let last: Microseconds | null = null;
  const start = Buffer.from(after);
  const keepFirst = (): void => {
    found.sort((a, b) => a.bytes.compare(b.bytes));
    more ||= found.length > mostListed;
    found = found.slice(0, mostListed);
  };
  const isWanted = (key: string): boolean => wanted.has(bucketOf(sharedKey(resource, key)));
  for await (const page of walk(records, tenant, { resource, isWanted })) {
    last = page.last;
    for (const row of page.rows) {
      if (!wanted.has(bucketOf(row.key))) continue;
      const bytes = Buffer.from(row.key);
      if (after === "" || bytes.compare(start) > 0) found.push({ bytes, row });
    }
    if (found.length > 2 * mostListed) keepFirst();
  }
  keepFirst();
  return { rows: found.map(({ row }) => row), more, last };
}
