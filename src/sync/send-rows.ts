import { AppError } from "../errors.ts";
import type { Candidate } from "../schema/exchange.ts";
import type { RowResource } from "../schema/resource.ts";
import { checkEpoch } from "./epoch.ts";
import { followPlaces } from "./follow-places.ts";
import { conversationsOf } from "./plan-push.ts";
import type { PushRun } from "./push-run.ts";
import type { RowQueue } from "./row-queue.ts";
import { type BatchSender, sendBatch } from "./send-batches.ts";

/**
 * Batches under way in a long push: while the service stores one, the acknowledgement of the other is written down
 * here. A short push gains nothing from that and keeps their order.
 */
const batchesAtOnce = 2;
const shortPush = 8;

/** Sends the rows of one resource, each batch noted once it is acknowledged. */
export async function sendRows(
  run: PushRun,
  resource: RowResource,
  queue: RowQueue,
): Promise<void> {
  const { store, remote, capabilities, outcome, signal } = run;
  const counts = outcome.resources[resource];
  const places = followPlaces(store.memory, resource);
  const tellTotal = (): void => {
    if (queue.total !== undefined) run.expect(resource, queue.total);
  };
  const sender: BatchSender<Candidate> = {
    resource,
    placed: places.note,
    async send(batch) {
      const texts = store.rows.texts(resource, batch);
      // Answers name items by their place, so a batch goes whole or not at all.
      if (texts.length !== batch.length) throw filesChanged();
      const answer = await remote.sendBatch(resource, texts);
      checkEpoch(capabilities, answer?.epoch);
      return answer;
    },
    accepted(rows) {
      globalThis.failPoint?.("push.rows");
      store.rows.acknowledge(resource, rows);
      globalThis.failPoint?.("push.rows-noted");
      counts.sent += rows.length;
      if (resource === "traces" || resource === "ledgers") {
        for (const id of conversationsOf(rows)) run.gone.add(id);
      }
      tellTotal();
      run.advance(resource, rows.length);
    },
    refusesContent: (error) => remote.refusesContent(error),
    refused({ key }, { code, message }) {
      counts.refused++;
      outcome.failures.push({ code, message, resource, id: key });
    },
  };
  const limits = { items: capabilities.batchItems, bytes: capabilities.batchBytes };
  const underWay: Promise<boolean>[] = [];
  const atOnce = queue.holds(shortPush * limits.items + 1) ? batchesAtOnce : 1;
  let known = true;
  try {
    for (let batch = queue.next(limits); known && batch; batch = queue.next(limits)) {
      signal.throwIfAborted();
      tellTotal();
      const work = sendBatch(batch, sender);
      // Handled where it is awaited; until then it must not count as unhandled.
      work.catch(() => {});
      underWay.push(work);
      const first = underWay.length < atOnce ? undefined : underWay.shift();
      if (first !== undefined) known = await queue.findUntil(first);
    }
    for (const work of underWay) known = (await work) && known;
  } finally {
    // What is acknowledged while another batch fails is noted all the same.
    await Promise.allSettled(underWay);
    places.settle();
  }
  if (!known) tooOld(run, resource);
}

function filesChanged(): AppError {
  return new AppError("failed", "the records were replaced while they were being sent", {
    hint: "run the command again",
    label: "records_changed",
  });
}

/** A service from before summaries is no failure; one without traces is no agent-trace service. */
function tooOld({ outcome, remote }: PushRun, resource: RowResource): void {
  if (resource === "summaries") {
    outcome.unsupported.push(resource);
    return;
  }
  throw new AppError("refused", `remote \`${remote.name}\` does not know ${resource}`, {
    label: "unsupported",
    hint: "check the remote's URL with `agent-trace remote list`",
  });
}
