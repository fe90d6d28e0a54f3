import type { Resource } from "../schema/resource.ts";
import { parseTime } from "../schema/time.ts";
import type { Page } from "../schema/wire.ts";

export interface PageWalk {
  readonly resource: Resource;
  readonly signal: AbortSignal;
  fetch(since: string | null): Promise<Page | undefined>;
  /** Puts a page on disk. Not called for the next one before it is done. */
  take(page: Page): Promise<void>;
  /** Called once the page that ends at this place is on disk. */
  passed(place: string): void;
}

/** Asks for a page without anyone having to wait for it yet. */
export function prefetch(
  fetch: PageWalk["fetch"],
  since: string | null,
): Promise<Page | undefined> {
  const page = fetch(since);
  page.catch(() => {});
  return page;
}

/** How a walk ended: `stuck` where a page's place lies not behind the one before, so that it would never end. */
export type WalkEnd = "done" | "unknown" | "stuck";

/**
 * Walks a resource to its end, one page ahead of what is being written. A page that is empty, or that names no place,
 * is the last one: a service may give fewer items than were asked for. `unknown` where the service does not know the
 * resource.
 */
export async function walkPages(
  walk: PageWalk,
  start: string | null,
  first: Promise<Page | undefined>,
): Promise<WalkEnd> {
  let since = start;
  let coming = first;
  for (;;) {
    walk.signal.throwIfAborted();
    const page = await coming;
    if (page === undefined) return "unknown";
    if (page.items.length === 0) {
      // A place without rows has passed rows that nobody can be given.
      if (page.maxTimestamp === null || !isBehind(page.maxTimestamp, since)) return "done";
    }
    const place = page.maxTimestamp;
    const advances = place !== null && isBehind(place, since);
    if (advances) coming = prefetch(walk.fetch, place);
    await walk.take(page);
    if (place === null) return "done";
    if (!advances) return "stuck";
    walk.passed(place);
    since = place;
  }
}

/**
 * Whether `place` lies behind `since` in a reader's direction. What is no time is no place: kept as a cursor it would
 * be refused at every later pull.
 */
export function isBehind(place: string, since: string | null): boolean {
  const reached = parseTime(place);
  if (reached === undefined) return false;
  const asked = since === null ? undefined : parseTime(since);
  return asked === undefined || reached > asked;
}
