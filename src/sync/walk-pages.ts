import { AppError } from "../errors.ts";
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

/**
 * Walks a resource to its end, one page ahead of what is being written. Only an empty page ends it: a service may
 * give fewer items than were asked for. False where the service does not know the resource. Throws `cursor_stuck`,
 * with the page's rows taken, where the place does not advance: such a service would be read for ever.
 */
export async function walkPages(
  walk: PageWalk,
  start: string | null,
  first: Promise<Page | undefined>,
): Promise<boolean> {
  let since = start;
  let coming = first;
  for (;;) {
    walk.signal.throwIfAborted();
    const page = await coming;
    if (page === undefined) return false;
    if (page.items.length === 0) return true;
    const place = page.maxTimestamp;
    const advances = place !== null && isBehind(place, since);
    if (advances) coming = prefetch(walk.fetch, place);
    await walk.take(page);
    if (!advances) {
      throw new AppError(
        "cursor_stuck",
        `the service's list of ${walk.resource} does not advance`,
        {
          hint: "what it gave was kept; tell whoever runs the service",
        },
      );
    }
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
