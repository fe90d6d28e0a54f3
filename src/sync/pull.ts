import { AppError } from "../errors.ts";
import type { ReceivedRow } from "../schema/exchange.ts";
import { type Resource, resources } from "../schema/resource.ts";
import { formatTime } from "../schema/time.ts";
import type { Page } from "../schema/wire.ts";
import { checkEpoch, newEpochRemark } from "./epoch.ts";
import { type Outcome, type PullCounts, emptyPull } from "./outcome.ts";
import type { PullWork } from "./pull-work.ts";
import { readRow } from "./read-row.ts";
import { type TranscriptReceiver, createTranscriptReceiver } from "./receive-transcripts.ts";
import { type PageWalk, isBehind, prefetch, walkPages } from "./walk-pages.ts";

const pageItems = 500;

/**
 * Brings over what this machine lacks. Rows are on disk before the cursor passes them, and a transcript before
 * anything points to it; a pull that is killed reads a page again, which changes nothing.
 */
export async function pull(work: PullWork): Promise<Outcome<PullCounts>> {
  const { store, remote, signal } = work;
  const outcome = emptyPull();
  const capabilities = await remote.capabilities();
  const identity = { url: remote.url, epoch: capabilities.epoch };
  if (store.identify(identity) === "changed") outcome.remarks.push(newEpochRemark);
  const receiver = createTranscriptReceiver(work, outcome);
  const fetchers = resources.map((resource) => async (since: string | null) => {
    const page = await remote.fetchPage(resource, since, pageItems);
    checkEpoch(capabilities, page?.epoch);
    return page;
  });
  const starts = resources.map((resource) => startOf(work, resource));
  // The first pages are asked for together: mostly they are empty, and the way there is all the time it takes.
  const firsts = fetchers.map((fetch, index) => prefetch(fetch, starts[index] ?? null));
  await receiver.fetchRemembered();
  for (const [index, resource] of resources.entries()) {
    const [fetch, first] = [fetchers[index], firsts[index]];
    if (fetch === undefined || first === undefined) continue;
    const walk: PageWalk = {
      resource,
      signal,
      fetch,
      take: (page) => take({ work, outcome, receiver }, resource, page),
      passed: (place) => pass(work, resource, place),
    };
    try {
      const known = await walkPages(walk, starts[index] ?? null, first);
      if (!known) tooOld(work, outcome, resource);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "cursor_stuck") throw error;
      outcome.failures.push({ code: error.label, message: error.message, resource, id: null });
    }
  }
  return outcome;
}

function startOf({ since, store }: PullWork, resource: Resource): string | null {
  return since === undefined ? store.cursor(resource) : formatTime(since);
}

interface Taking {
  readonly work: PullWork;
  readonly outcome: Outcome<PullCounts>;
  readonly receiver: TranscriptReceiver;
}

async function take({ work, outcome, receiver }: Taking, resource: Resource, page: Page) {
  const counts = outcome.resources[resource];
  counts.received += page.items.length;
  if (resource === "conversations") await receiver.take(page.items);
  else {
    const rows: ReceivedRow[] = [];
    for (const item of page.items) {
      const row = readRow(resource, item);
      if (row !== undefined) rows.push(row);
      else {
        const message = "the service gave an item without a usable id";
        outcome.failures.push({ code: "invalid_item", message, resource, id: null });
      }
    }
    const { merged, skipped } = work.store.merge(resource, rows);
    counts.merged += merged;
    counts.skipped += skipped;
  }
  const unit = resource.replace("_", " ");
  const title = `Pulling from ${work.remote.name}`;
  const bytes = work.remote.bytesReceived;
  work.report({ title, unit, done: counts.received, total: undefined, bytes });
}

/**
 * Moves the cursor, but only forward, and only over what was read: `--since` may begin behind the cursor, which
 * repeats, or before it, which leaves out rows that the next pull must still see.
 */
function pass({ store, since }: PullWork, resource: Resource, place: string): void {
  const cursor = store.cursor(resource);
  if (since !== undefined && (cursor === null || isBehind(formatTime(since), cursor))) return;
  if (isBehind(place, cursor)) store.advance(resource, place);
}

function tooOld({ remote }: PullWork, outcome: Outcome<PullCounts>, resource: Resource): void {
  if (resource === "summaries" || resource === "conversations") {
    outcome.unsupported.push(resource);
    return;
  }
  throw new AppError("refused", `remote \`${remote.name}\` does not know ${resource}`, {
    label: "unsupported",
    hint: "check the remote's URL with `agent-trace remote list`",
  });
}
