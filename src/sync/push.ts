import type { Candidate } from "../schema/exchange.ts";
import { type Resource, type RowResource, rowResources } from "../schema/resource.ts";
import { type PushOutcome, emptyPush } from "./outcome.ts";
import { type PushChoice, goes, planPush, sendsTranscripts, traceGoes } from "./plan-push.ts";
import type { PushRun, PushWork } from "./push-run.ts";
import { recogniseRemote } from "./recognise-remote.ts";
import { rowQueue } from "./row-queue.ts";
import { sendRows } from "./send-rows.ts";
import { sendTranscripts } from "./send-transcripts.ts";

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
  // Listed before the traces: of one that a hook appends meanwhile, the traces go now and it goes with the next push.
  const ledgers = candidates(work, "ledgers");
  const traces = rowQueue(findTraces(work), (trace) => traceGoes(choice, trace));
  const run = startRun(work, { capabilities, outcome });
  await sendRows(run, "traces", traces);
  const transcripts = sendsTranscripts(choice) ? store.transcripts.list(listed(choice)) : [];
  const staying = new Set(held.map(({ conversationId }) => conversationId));
  const plan = planPush(choice, {
    rows: {
      traces: traces.found,
      ledgers,
      commit_links: candidates(work, "commit_links"),
      summaries: candidates(work, "summaries"),
    },
    transcripts: transcripts.filter(({ conversationId }) => !staying.has(conversationId)),
  });
  for (const resource of rowResources) {
    const { resources } = outcome;
    const { send, heldBack } = plan[resource];
    resources[resource].held_back = heldBack;
    if (goes(choice, resource) && choice.since === undefined) {
      resources[resource].skipped = store.rows.count(resource) - send.length - heldBack;
    }
  }
  outcome.resources.conversations.held_back = plan.conversations.heldBack + held.length;
  for (const { conversationId: id, code, message } of held) {
    outcome.failures.push({ code, message, resource: "conversations", id });
  }
  await sendRows(run, "ledgers", rowQueue([plan.ledgers.send]));
  await sendRows(run, "commit_links", rowQueue([plan.commit_links.send]));
  const going = plan.conversations.send.filter(
    ({ namedBySent, conversationId }) => choice.full || namedBySent || run.gone.has(conversationId),
  );
  outcome.masked = going.flatMap(({ conversationId, masked: counts = {} }) =>
    Object.keys(counts).length === 0 ? [] : [{ conversationId, counts }],
  );
  run.expect("conversations", going.length);
  await sendTranscripts(run, going);
  await sendRows(run, "summaries", rowQueue([plan.summaries.send]));
  return outcome;
}

/** A backfill asks for a time, whatever the manifest says. */
function listed({ since }: PushChoice): "unsent" | "all" {
  return since === undefined ? "unsent" : "all";
}

function candidates({ store, choice }: PushWork, resource: RowResource): Candidate[] {
  return goes(choice, resource) ? store.rows.candidates(resource, listed(choice)) : [];
}

/** The first of a hundred thousand traces are on their way before the last of them are found. */
function findTraces(work: PushWork): Iterable<readonly Candidate[]> {
  const { store, choice } = work;
  const isLazy = listed(choice) === "unsent" && goes(choice, "traces");
  return isLazy ? store.rows.unsentTraces() : [candidates(work, "traces")];
}

/** What the parts of a push share, and how they tell of it. */
export function startRun(
  work: PushWork,
  { capabilities, outcome }: Pick<PushRun, "capabilities" | "outcome">,
): PushRun {
  const { remote, report } = work;
  const title = `Pushing to ${remote.name}`;
  const totals = new Map<Resource, number>();
  let current: Resource = "traces";
  let done = 0;
  let flying = 0;
  let toUpload = 0;
  let uploaded = 0;
  const tell = (): void => {
    const items = { unit: current.replace("_", " "), done, total: totals.get(current) };
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
    expect: (resource, count) => void totals.set(resource, count),
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
