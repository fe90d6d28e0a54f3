import { followPlaces } from "./follow-places.ts";
import { AppError } from "../errors.ts";
import type { Candidate, HeldTranscript } from "../schema/exchange.ts";
import { type Resource, type RowResource, rowResources } from "../schema/resource.ts";
import { cutBatches } from "./cut-batches.ts";
import { checkEpoch } from "./epoch.ts";
import { type PushOutcome, emptyPush } from "./outcome.ts";
import {
  type Planned,
  type PushPlan,
  conversationsOf,
  includes,
  planPush,
  sendsTranscripts,
} from "./plan-push.ts";
import type { PushRun, PushWork } from "./push-run.ts";
import { recogniseRemote } from "./recognise-remote.ts";
import { type BatchSender, sendBatch } from "./send-batches.ts";
import { sendTranscripts } from "./send-transcripts.ts";

/**
 * Batches under way in a long push: while the service stores one, the acknowledgement of the other is written down
 * here. A short push gains nothing from that and keeps their order.
 */
const batchesAtOnce = 2;
const shortPush = 8;

/**
 * Sends what the remote lacks: traces, ledgers, commit links, conversations, summaries, in this order, so that
 * nothing names what is not there yet. A batch is noted as sent, durably, once it is acknowledged; a push that is
 * killed between the two sends it again, which changes nothing.
 */
export async function push(work: PushWork): Promise<PushOutcome> {
  const { store, remote, choice, signal } = work;
  const outcome = emptyPush();
  const capabilities = await remote.capabilities();
  recogniseRemote(work, capabilities, outcome.remarks);
  const taking = sendsTranscripts(choice) ? await store.transcripts.take(signal) : undefined;
  const { held = [], anew = 0 } = taking ?? {};
  if (anew > 0) {
    const what = anew === 1 ? "1 conversation begins" : `${anew} conversations begin`;
    outcome.remarks.push(`what is masked has changed: ${what} anew`);
  }
  const plan = makePlan(work, held);
  const run = startRun(work, { capabilities, outcome, plan });
  for (const resource of rowResources) {
    const { resources } = outcome;
    resources[resource].held_back = plan[resource].heldBack;
    if (includes(choice.only, resource) && choice.since === undefined) {
      const { send, heldBack } = plan[resource];
      resources[resource].skipped = store.rows.count(resource) - send.length - heldBack;
    }
  }
  outcome.resources.conversations.held_back = plan.conversations.heldBack + held.length;
  for (const { conversationId: id, code, message } of held) {
    outcome.failures.push({ code, message, resource: "conversations", id });
  }
  await sendRows(run, "traces", plan.traces);
  await sendRows(run, "ledgers", plan.ledgers);
  await sendRows(run, "commit_links", plan.commit_links);
  const going = plan.conversations.send.filter(
    ({ namedBySent, conversationId }) => choice.full || namedBySent || run.gone.has(conversationId),
  );
  outcome.masked = going.flatMap(({ conversationId, masked: counts = {} }) =>
    Object.keys(counts).length === 0 ? [] : [{ conversationId, counts }],
  );
  await sendTranscripts(run, going);
  await sendRows(run, "summaries", plan.summaries);
  return outcome;
}

function makePlan({ store, choice }: PushWork, held: readonly HeldTranscript[]): PushPlan {
  // A backfill asks for a time, whatever the manifest says.
  const which = choice.since === undefined ? "unsent" : "all";
  const candidates = (resource: RowResource): Candidate[] =>
    includes(choice.only, resource) ? store.rows.candidates(resource, which) : [];
  const rows = {
    traces: candidates("traces"),
    ledgers: candidates("ledgers"),
    commit_links: candidates("commit_links"),
    summaries: candidates("summaries"),
  };
  const transcripts = sendsTranscripts(choice) ? store.transcripts.list(which) : [];
  const staying = new Set(held.map(({ conversationId }) => conversationId));
  return planPush(choice, {
    rows,
    transcripts: transcripts.filter(({ conversationId }) => !staying.has(conversationId)),
  });
}

function startRun(
  work: PushWork,
  { capabilities, outcome, plan }: Pick<PushRun, "capabilities" | "outcome"> & { plan: PushPlan },
): PushRun {
  const { remote, report } = work;
  const title = `Pushing to ${remote.name}`;
  let current: Resource = "traces";
  let done = 0;
  let flying = 0;
  let toUpload = 0;
  let uploaded = 0;
  const tell = (): void => {
    const items = { unit: current.replace("_", " "), done, total: plan[current].send.length };
    // While transcripts are uploaded, their bytes tell more than their number.
    const progress =
      current === "conversations" && uploaded < toUpload
        ? { bytes: Math.min(uploaded + flying, toUpload), bytesTotal: toUpload }
        : { bytes: remote.bytesSent + flying };
    report({ title, ...items, ...progress });
  };
  return {
    ...work,
    capabilities,
    outcome,
    gone: new Set(),
    advance(resource, items) {
      done = resource === current ? done + items : items;
      current = resource;
      tell();
    },
    willUpload(bytes) {
      toUpload += bytes;
    },
    uploaded(bytes) {
      uploaded += bytes;
      tell();
    },
    underWay(bytes) {
      flying += bytes;
      if (bytes > 0) tell();
    },
  };
}

async function sendRows(
  run: PushRun,
  resource: RowResource,
  { send }: Planned<Candidate>,
): Promise<void> {
  const { store, remote, capabilities, outcome, signal } = run;
  const counts = outcome.resources[resource];
  const places = followPlaces(store.memory, resource);
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
      store.rows.acknowledge(resource, rows);
      counts.sent += rows.length;
      if (resource === "traces" || resource === "ledgers") {
        for (const id of conversationsOf(rows)) run.gone.add(id);
      }
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
  let known = true;
  try {
    const batches = cutBatches(send, limits);
    const atOnce = batches.length > shortPush ? batchesAtOnce : 1;
    for (const batch of batches) {
      signal.throwIfAborted();
      const work = sendBatch(batch, sender);
      // Handled where it is awaited; until then it must not count as unhandled.
      work.catch(() => {});
      underWay.push(work);
      if (underWay.length >= atOnce) known = (await underWay.shift()) ?? true;
      if (!known) break;
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
