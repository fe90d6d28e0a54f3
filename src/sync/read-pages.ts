import { AppError } from "../errors.ts";
import type { Resource } from "../schema/resource.ts";
import type { Page } from "../schema/wire.ts";
import { checkEpoch } from "./epoch.ts";
import type { PullRun } from "./pull-work.ts";

/** How many rows are asked for at first: a conversation may hold a quarter of a mebibyte of transcript. */
const firstItems = { conversations: 32, others: 500 } as const;
const mostItems = 500;
/** A page that is shorter shows that more rows could have come. */
const shortPage = 1024 * 1024;

/**
 * Gives the pages of one resource. Where a page is longer than one may be, a quarter of its rows is asked for; a row
 * that is too long by itself is named and passed over, so that one row never holds up the others.
 */
export function readPages(
  run: PullRun,
  resource: Resource,
): (since: string | null) => Promise<Page | undefined> {
  const { remote, capabilities, outcome } = run;
  let limit: number = resource === "conversations" ? firstItems.conversations : firstItems.others;

  async function passOver(since: string | null): Promise<Page> {
    const { id, place, bytes } = await remote.passRow(resource, since);
    if (place === null) throw pageTooLong(resource);
    const message = `the row is too long to be taken: more than ${bytes} bytes`;
    outcome.failures.push({ code: "row_too_large", message, resource, id });
    return { items: [], maxTimestamp: place, bytes: 0, epoch: undefined };
  }

  return async (since) => {
    for (;;) {
      try {
        const page = await remote.fetchPage(resource, since, limit);
        checkEpoch(capabilities, page?.epoch);
        if (page !== undefined && page.bytes < shortPage && page.items.length >= limit) {
          limit = Math.min(mostItems, limit * 2);
        }
        return page;
      } catch (error) {
        if (!(error instanceof AppError) || error.label !== "answer_too_long") throw error;
        if (limit === 1) return await passOver(since);
        limit = Math.max(1, Math.floor(limit / 4));
      }
    }
  };
}

function pageTooLong(resource: Resource): AppError {
  return new AppError(
    "invalid_answer",
    `a row of ${resource} is too long, and cannot be passed over`,
    {
      hint: "ask whoever runs the service to take the row away",
      label: "row_too_large",
    },
  );
}
