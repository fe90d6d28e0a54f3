/** What the team page asks of rows is derived from them when they are written, and kept in tables of its own. */
import { sha256Hex } from "../../schema/digest.ts";
import type { BlobId } from "../../schema/ids.ts";
import { isObject, listOf, optionalText } from "../../schema/is-object.ts";
import { readLedger } from "../../schema/ledger.ts";
import type { Resource } from "../../schema/resource.ts";
import { parseTime } from "../../schema/time.ts";
import { pseudoFiles } from "../../schema/trace.ts";
import type { Microseconds } from "../project.ts";

/** Neighbouring claims of one file of one commit: what one conversation wrote with one model. */
export interface Claim {
  readonly path: string;
  /** Empty where the ledger names none. */
  readonly conversation: string;
  readonly model: string;
  /** One of the traces behind it, by which the agent is found where there is no conversation. */
  readonly trace: string;
  readonly lines: number;
}

/** What a ledger or a commit link tells of a commit. */
export interface CommitFacts {
  readonly kind: "ledger" | "link";
  readonly sha: string;
  readonly parent: string | null;
  readonly at: Microseconds | null;
  /** When the record was made. */
  readonly made: Microseconds | null;
  readonly claims: readonly Claim[];
}

/** What a trace, a pointer or a summary tells of a conversation. */
export interface ConversationFacts {
  readonly kind: "conversation";
  readonly id: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly at: Microseconds | null;
  readonly edits: number;
  readonly summary: string | null;
}

export type RowFacts = CommitFacts | ConversationFacts;

/** A ledger may say anything, and sums of what it says must stay numbers. */
const mostLines = 10_000_000;

/** Texts of records may hold what PostgreSQL takes in no text. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** An index takes no longer text. What git calls a path may be longer, and an id anything. */
const longestName = 1000;
/** As the service takes ids of rows; no transcript has a longer one. */
const longestId = 512;
const longestSummary = 32 * 1024;

/** A path as it is stored: a long one by its beginning and its digest, the same wherever it comes from. */
export function storablePath(path: string): string {
  const text = storable(path);
  if (text.length <= longestName && Buffer.byteLength(text) <= longestName) return text;
  return `${text.slice(0, 200).toWellFormed()}… ${sha256Hex(text).slice(0, 16)}`;
}

/** An agent's or a model's name. */
function nameOf(text: string): string {
  return storable(text.slice(0, 200));
}

/** What is derived of a row; nothing of one that is not what its resource says. */
export function factsOf(resource: Resource, key: string, value: unknown): readonly RowFacts[] {
  if (!isObject(value)) return [];
  if (resource === "traces") return traceFacts(value);
  if (resource === "ledgers") return ledgerFacts(key, value);
  if (resource === "commit_links") {
    return [{ kind: "link", claims: [], ...commitOf(key, value) }];
  }
  const id = optionalText(value["conversation_id"]) ?? "";
  if (id === "" || id.length > longestId) return [];
  const at = timeOf(value["updated_at"]);
  const said = resource === "summaries" ? optionalText(value["summary"]) : undefined;
  const summary = said === undefined ? null : storable(said.slice(0, longestSummary));
  const facts = { kind: "conversation", agent: null, model: null, at, edits: 0, summary } as const;
  return [{ id: storable(id), ...facts }];
}

function commitOf(key: string, value: Record<string, unknown>) {
  const parent = optionalText(value["parent_sha"]);
  return {
    sha: storable(key),
    parent: parent === undefined ? null : storable(parent),
    at: timeOf(value["committed_at"]),
    made: timeOf(value["created_at"]),
  };
}

function ledgerFacts(key: string, value: Record<string, unknown>): CommitFacts[] {
  const ledger = readLedger(value);
  if (ledger === undefined) return [];
  const claims: (Claim & { lines: number })[] = [];
  for (const [path, { line_attributions: segments }] of Object.entries(ledger.files)) {
    for (const { start_line, end_line, trace_id, model_id, conversation_id } of segments) {
      const claim = {
        path: storablePath(path),
        conversation: storable(conversation_id ?? ""),
        model: nameOf(model_id ?? ""),
        trace: storable(trace_id ?? ""),
      };
      // In the order of their lines, as sums are cut off where a ledger claims more than was added.
      const last = claims.at(-1);
      const lines = end_line - start_line + 1;
      if (last !== undefined && isSame(last, claim))
        last.lines = Math.min(mostLines, last.lines + lines);
      else claims.push({ ...claim, lines: Math.min(mostLines, lines) });
    }
  }
  return [{ kind: "ledger", claims, ...commitOf(key, value) }];
}

/** Without a conversation only the trace tells whose agent it was. */
function isSame(one: Claim, other: Omit<Claim, "lines">): boolean {
  return (
    one.path === other.path &&
    one.conversation === other.conversation &&
    one.model === other.model &&
    (one.conversation !== "" || one.trace === other.trace)
  );
}

/** Of a trace only what is needed is looked at: of all rows these are the most by far. */
function traceFacts({ tool, timestamp, files }: Record<string, unknown>): ConversationFacts[] {
  const found: ConversationFacts[] = [];
  const agent = isObject(tool) && typeof tool["name"] === "string" ? nameOf(tool["name"]) : null;
  for (const { path, conversations } of listOf(files)) {
    const edits = typeof path === "string" && !pseudoFiles.has(path) ? 1 : 0;
    for (const { id, contributor } of listOf(conversations)) {
      if (typeof id !== "string" || id === "" || id.length > longestId) continue;
      if (found.some((one) => one.id === id)) continue;
      const model = isObject(contributor) ? optionalText(contributor["model_id"]) : undefined;
      found.push({
        kind: "conversation",
        id: storable(id),
        agent,
        model: model === undefined ? null : nameOf(model),
        at: timeOf(timestamp),
        edits,
        summary: null,
      });
    }
  }
  return found;
}

function timeOf(value: unknown): Microseconds | null {
  const time = typeof value === "string" ? parseTime(value) : undefined;
  return time === undefined ? null : Number(time);
}

/** A row that was stored before anything was derived of rows. */
export function storedRow(
  resource: Resource,
  { key, body, blob }: { key: string; body: string; blob: string | null },
): {
  key: string;
  text: string;
  blob?: { readonly id: BlobId; readonly size: number };
  facts: readonly RowFacts[];
} {
  let facts: readonly RowFacts[] = [];
  try {
    facts = factsOf(resource, key, JSON.parse(body));
  } catch {
    // What the first versions took without a look.
  }
  const pointer = blob === null ? {} : { blob: { id: blob as BlobId, size: 0 } };
  return { key, text: body, facts, ...pointer };
}
