import { AppError } from "../errors.ts";
import type { Resource } from "../schema/resource.ts";
import type { BatchAnswer, RefusedItem } from "../schema/wire.ts";

export interface BatchSender<Item> {
  readonly resource: Resource;
  send(items: readonly Item[]): Promise<BatchAnswer | undefined>;
  /** Notes durably that these have arrived. */
  accepted(items: readonly Item[]): void;
  refused(item: Item, reason: Pick<RefusedItem, "code" | "message">): void;
  /** Which places the rows got in the remote's order. */
  placed(places: BatchAnswer["places"]): void;
  /** Whether an error refuses what the batch holds. */
  refusesContent(error: unknown): boolean;
}

/**
 * Sends one batch. One that is refused for its content is halved until the refused items stand alone, so that the
 * others arrive. False where the service does not know the resource at all.
 */
export async function sendBatch<Item>(
  items: readonly Item[],
  sender: BatchSender<Item>,
): Promise<boolean> {
  let answer: BatchAnswer | undefined;
  try {
    answer = await sender.send(items);
  } catch (error) {
    const only = items[0];
    if (only === undefined || !(error instanceof AppError) || !sender.refusesContent(error)) {
      throw error;
    }
    if (items.length === 1) {
      sender.refused(only, { code: error.label, message: reasonOf(error) });
      return true;
    }
    const middle = Math.ceil(items.length / 2);
    return (
      (await sendBatch(items.slice(0, middle), sender)) &&
      (await sendBatch(items.slice(middle), sender))
    );
  }
  if (answer === undefined) return false;
  const refused = new Map(answer.refused.map((entry) => [entry.index, entry]));
  const accepted = items.filter((_, index) => !refused.has(index));
  if (accepted.length > 0) sender.accepted(accepted);
  sender.placed(answer.places);
  items.forEach((item, index) => {
    const reason = refused.get(index);
    if (reason !== undefined) sender.refused(item, reason);
  });
  return true;
}

/** What the service said, without our own words around it, and the limit where it named one. */
export function reasonOf({ details, message }: AppError): string {
  const reason = typeof details["reason"] === "string" ? details["reason"] : message;
  const limit = details["limit"];
  return typeof limit === "number" ? `${reason} (limit ${limit} bytes)` : reason;
}
