import { expect } from "bun:test";

export const writers = 8;
export const rowsPerWriter = 1500;
const batch = 25;

interface Place {
  readonly id: string;
  readonly place: string;
}

/** Where rows are written to and read from, page by page behind a place. */
export interface Log {
  write(ids: readonly string[]): Promise<void>;
  read(since: string, limit: number): Promise<{ ids: string[]; last: string | undefined }>;
}

/** A service, as eight clients see it; each request goes to the next of its processes. */
export function service(urls: readonly string[], token: string): Log {
  let asked = 0;
  const url = (): string => urls[asked++ % urls.length] ?? "";
  const headers = { Authorization: `Bearer ${token}` };
  return {
    async write(ids) {
      const items = ids.map((id) => ({ id }));
      const answer = await fetch(`${url()}/api/v1/sync/traces`, {
        method: "POST",
        headers,
        body: JSON.stringify({ project_id: "app", items }),
      });
      expect(await answer.json()).toMatchObject({ stored: ids.length });
    },
    async read(since, limit) {
      const query = `project_id=app&limit=${limit}&since=${encodeURIComponent(since)}`;
      const answer = await fetch(`${url()}/api/v1/sync/traces?${query}`, { headers });
      const page = (await answer.json()) as { items: { id: string }[]; max_timestamp?: string };
      return { ids: page.items.map(({ id }) => id), last: page.max_timestamp ?? undefined };
    },
  };
}

/**
 * The control: rows are ordered by a plain timestamp that is taken before the rows are committed, as a database's
 * `created_at` is. Whoever commits late commits behind the reader.
 */
export function plainTimestamps(): Log {
  const rows: Place[] = [];
  let commits = 0;
  return {
    async write(ids) {
      const place = new Date().toISOString();
      // Commits take differently long; a few turns of the event loop stand for that.
      for (let turn = commits++ % 13; turn > 0; turn--) await new Promise(setImmediate);
      for (const id of ids) rows.push({ id, place });
    },
    async read(since, limit) {
      await new Promise(setImmediate);
      const page = rows
        .filter(({ place }) => place > since)
        .toSorted((a, b) => (a.place < b.place ? -1 : 1))
        .slice(0, limit);
      return { ids: page.map(({ id }) => id), last: page.at(-1)?.place };
    },
  };
}

/** Eight writers write while one reader for each page size reads until nothing comes any more. */
export async function race(log: Log, each = rowsPerWriter): Promise<Map<number, string[]>> {
  let writing = true;
  const write = async (writer: number): Promise<void> => {
    for (let at = 0; at < each; at += batch) {
      await log.write(Array.from({ length: batch }, (_, index) => `${writer}-${at + index}`));
    }
  };
  const read = async (limit: number): Promise<[number, string[]]> => {
    const seen: string[] = [];
    for (let since = ""; ;) {
      const isLast = !writing;
      const { ids, last } = await log.read(since, limit);
      seen.push(...ids);
      since = last ?? since;
      if (isLast && ids.length === 0) return [limit, seen];
    }
  };
  const all = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer))).finally(
    () => (writing = false),
  );
  const [seen] = await Promise.all([Promise.all([1, 7, 500].map(read)), all]);
  return new Map(seen);
}

export function tally(seen: readonly string[]): { distinct: number; repeated: number } {
  const distinct = new Set(seen).size;
  return { distinct, repeated: seen.length - distinct };
}
