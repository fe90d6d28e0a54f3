import type { Candidate, TranscriptCandidate } from "../schema/exchange.ts";
import type { ConversationId } from "../schema/ids.ts";
import type { Resource, RowResource } from "../schema/resource.ts";
import { parseTime } from "../schema/time.ts";

export const families = ["all", "traces", "ledgers", "commit-links"] as const;
export type Family = (typeof families)[number];

/** What the person asked to have sent. */
export interface PushChoice {
  /** Also traces that no local ledger names, and conversations that only such traces name. */
  readonly full: boolean;
  readonly only: Family;
  /** Microseconds since 1970: only items whose own time is at or after it. */
  readonly since: bigint | undefined;
  /** Whether conversations go along. */
  readonly transcripts: boolean;
}

export function sendsTranscripts({ only, transcripts }: PushChoice): boolean {
  return transcripts && includes(only, "conversations");
}

/** Conversations, and summaries of what was said in them: without conversations neither leaves. */
export function tellsWhatWasSaid(resource: Resource): boolean {
  return resource === "conversations" || resource === "summaries";
}

/** Whether rows of a resource may go at all. */
export function goes({ only, transcripts }: PushChoice, resource: Resource): boolean {
  return includes(only, resource) && (transcripts || !tellsWhatWasSaid(resource));
}

export interface PushMaterial {
  readonly rows: Readonly<Record<RowResource, readonly Candidate[]>>;
  readonly transcripts: readonly TranscriptCandidate[];
}

export interface Planned<Item> {
  readonly send: readonly Item[];
  readonly heldBack: number;
}

export type PushPlan = Readonly<
  Record<RowResource, Planned<Candidate>> & { conversations: Planned<TranscriptCandidate> }
>;

/** Whether a family takes a resource along: conversations and summaries go with traces. */
export function includes(only: Family, resource: Resource): boolean {
  if (only === "all") return true;
  if (only === "ledgers") return resource === "ledgers";
  if (only === "commit-links") return resource === "commit_links";
  return resource === "traces" || resource === "conversations" || resource === "summaries";
}

/** Whether something of this own time was asked for. */
function isRecent({ since }: PushChoice, time: string | null): boolean {
  if (since === undefined) return true;
  const own = time === null ? undefined : parseTime(time);
  return own !== undefined && own >= since;
}

/** Whether a trace goes; one that no ledger names is held back. */
export function traceGoes(choice: PushChoice, { time, named }: Candidate): boolean {
  return isRecent(choice, time) && (named || choice.full);
}

/** Decides what goes and what is held back. Pure: the same for a dry run and for the real one. */
export function planPush(choice: PushChoice, material: PushMaterial): PushPlan {
  const wanted = (resource: RowResource): readonly Candidate[] =>
    goes(choice, resource)
      ? material.rows[resource].filter(({ time }) => isRecent(choice, time))
      : [];
  const traces = divide(wanted("traces"), (trace) => traceGoes(choice, trace));
  const ledgers = divide(wanted("ledgers"), () => true);
  const going = conversationsOf([...traces.send, ...ledgers.send]);
  const transcripts = sendsTranscripts(choice)
    ? material.transcripts.filter(({ updatedAt }) => isRecent(choice, updatedAt))
    : [];
  return {
    traces,
    ledgers,
    commit_links: divide(wanted("commit_links"), () => true),
    conversations: divide(
      transcripts,
      ({ namedBySent, conversationId }) => choice.full || namedBySent || going.has(conversationId),
    ),
    summaries: divide(
      wanted("summaries"),
      // A summary tells what a conversation tells.
      ({ named, conversationIds }) =>
        choice.transcripts && (choice.full || named || conversationIds.some((id) => going.has(id))),
    ),
  };
}

export function conversationsOf(rows: readonly Candidate[]): Set<ConversationId> {
  return new Set(rows.flatMap(({ conversationIds }) => conversationIds));
}

function divide<Item>(items: readonly Item[], goes: (item: Item) => boolean): Planned<Item> {
  const send = items.filter(goes);
  return { send, heldBack: items.length - send.length };
}
