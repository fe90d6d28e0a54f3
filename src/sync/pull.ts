import { AppError } from "../errors.ts";
import type { ReceivedRow } from "../schema/exchange.ts";
import { isConversationId } from "../schema/ids.ts";
import { conversationsOfTrace } from "../schema/named-conversations.ts";
import { type Resource, resources } from "../schema/resource.ts";
import { formatTime } from "../schema/time.ts";
import type { Page } from "../schema/wire.ts";
import { type Outcome, type PullCounts, emptyPull } from "./outcome.ts";
import type { PullRun, PullWork } from "./pull-work.ts";
import { readPages } from "./read-pages.ts";
import { readRow } from "./read-row.ts";
import { recogniseRemote } from "./recognise-remote.ts";
import { type TranscriptReceiver, createTranscriptReceiver } from "./receive-transcripts.ts";
import { type PageWalk, isBehind, prefetch, walkPages } from "./walk-pages.ts";

export type { PullChoice } from "./pull-work.ts";

/**
 * Brings over what this machine lacks. Rows are on disk before the cursor passes them, and a transcript before
 * anything points to it; a pull that is killed reads a page again, which changes nothing.
 */
export async function pull(work: PullWork): Promise<Outcome<PullCounts>> {
  const { remote, choice } = work;
  const outcome = emptyPull();
  const capabilities = await remote.capabilities();
  recogniseRemote(work, capabilities, outcome.remarks);
  const run: PullRun = { ...work, capabilities, outcome, named: new Set() };
  const receiver = createTranscriptReceiver(run);
  const { only = resources } = choice;
  const wanted = only.filter((name) => choice.transcripts || name !== "conversations");
  // The first pages are asked for together: mostly they are empty, and the way there is all the time it takes.
  const walks = wanted.map((resource) => {
    const fetch = readPages(run, resource);
    const start = startOf(run, resource);
    return { resource, fetch, start, first: prefetch(fetch, start) };
  });
  if (choice.transcripts) await receiver.fetchRemembered();
  for (const { resource, fetch, start, first } of walks) {
    const walk: PageWalk = {
      resource,
      signal: run.signal,
      fetch,
      take: (page) => take(run, receiver, { resource, page }),
      passed: (place) => pass(run, resource, place),
    };
    const end = await walkPages(walk, start, first);
    if (end === "unknown") tooOld(run, resource);
    if (end !== "stuck") continue;
    const message = `the service's list of ${resource} does not advance; what it gave was kept`;
    outcome.failures.push({ code: "cursor_stuck", message, resource, id: null });
  }
  if (choice.transcripts) {
    run.store.transcripts.endDownloads();
    if (!outcome.unsupported.includes("conversations")) {
      run.store.transcripts.noteUnshared([...run.named]);
    }
  }
  return outcome;
}

function startOf({ choice, store }: PullRun, resource: Resource): string | null {
  const { since } = choice;
  return since === undefined ? store.memory.cursor(resource) : formatTime(since);
}

async function take(
  run: PullRun,
  receiver: TranscriptReceiver,
  { resource, page }: { readonly resource: Resource; readonly page: Page },
): Promise<void> {
  const counts = run.outcome.resources[resource];
  counts.received += page.items.length;
  if (resource === "conversations") await receiver.take(page.items);
  else {
    const rows: ReceivedRow[] = [];
    for (const item of page.items) {
      const row = readRow(resource, item);
      if (row !== undefined) rows.push(row);
      else {
        const message = "the service gave an item without a usable id";
        run.outcome.failures.push({ code: "invalid_item", message, resource, id: null });
      }
    }
    const { merged, skipped, differing = [] } = run.store.rows.merge(resource, rows);
    if (resource === "traces") {
      for (const { value } of rows) {
        for (const id of conversationsOfTrace(value)) if (isConversationId(id)) run.named.add(id);
      }
    }
    for (const commit of differing) {
      const short = commit.slice(0, 7);
      run.outcome.remarks.push(
        `a teammate's ledger of ${short} differs from the one that was linked here, which stays: see \`agent-trace ledger show ${short}\``,
      );
    }
    counts.merged += merged;
    counts.skipped += skipped;
  }
  const unit = resource.replace("_", " ");
  const title = `Pulling from ${run.remote.name}`;
  const bytes = run.remote.bytesReceived;
  run.report({ title, unit, done: counts.received, total: undefined, bytes });
}

/**
 * Moves the cursor, but only forward, and only over what was read: `--since` may begin behind the cursor, which
 * repeats, or before it, which leaves out rows that the next pull must still see.
 */
function pass({ store: { memory }, choice }: PullRun, resource: Resource, place: string): void {
  const { since } = choice;
  const cursor = memory.cursor(resource);
  if (since !== undefined && (cursor === null || isBehind(formatTime(since), cursor))) return;
  if (isBehind(place, cursor)) memory.advance(resource, place);
}

function tooOld({ remote, outcome }: PullRun, resource: Resource): void {
  if (resource === "summaries" || resource === "conversations") {
    outcome.unsupported.push(resource);
    return;
  }
  throw new AppError("refused", `remote \`${remote.name}\` does not know ${resource}`, {
    label: "unsupported",
    hint: "check the remote's URL with `agent-trace remote list`",
  });
}
