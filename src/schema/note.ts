import { sha256Hex } from "./digest.ts";
import { isObject } from "./is-object.ts";
import { type Evidence, type Ledger, type LedgerFile, readLedger } from "./ledger.ts";

/** Parts of a note that may be there or not, as settings say. */
export const noteSections = ["ledger", "summary", "prompts", "all_session_conversations"] as const;
export type NoteSection = (typeof noteSections)[number];

/** What `refs/notes/agent-trace` holds of one commit: a line of JSON. agent-trace-cli writes and reads the same shape. */
export interface Note {
  readonly version: "2.0";
  readonly trace_ids: readonly string[];
  /** Of the ledger from which the note was made, see `ledgerHash`. */
  readonly ledger_hash: string;
  readonly stats: { readonly ai_lines: number };
  /** As in the ledger; each segment also names its agent, since the traces do not come along. */
  readonly ledger?: { readonly files: Readonly<Record<string, LedgerFile>> };
  /** By conversation id. */
  readonly summary?: Readonly<Record<string, string>>;
  readonly prompts?: readonly string[];
  readonly all_session_conversations?: readonly {
    readonly conversation_id: string;
    readonly summary: string | null;
  }[];
}

/** What is larger is no note. A ledger is a row of at most 4 MiB. */
export const largestNote = 8 * 1024 * 1024;

/**
 * The object that a note holds, with all that others may have put into it; undefined where it is no note of this kind.
 * Only its outline is checked here.
 */
export function parseNote(content: Uint8Array): Record<string, unknown> | undefined {
  if (content.length > largestNote) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(content));
    if (!isObject(value) || !Array.isArray(value["trace_ids"])) return undefined;
    const hash = value["ledger_hash"];
    return typeof hash === "string" && /^sha256:[0-9a-f]{64}$/.test(hash) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A note's text. */
export function renderNote(note: object): string {
  return `${JSON.stringify(note)}\n`;
}

/** The ledger that a note carries of its commit, as far as it is one. It comes from a stranger: nothing is proven yet. */
export function ledgerInNote(note: Record<string, unknown>, commit: string): Ledger | undefined {
  const { ledger, trace_ids } = note;
  if (!isObject(ledger)) return undefined;
  return readLedger({ version: "2.0", commit_sha: commit, trace_ids, files: ledger["files"] });
}

export function summariesInNote({ summary }: Record<string, unknown>): Map<string, string> {
  const entries = isObject(summary) ? Object.entries(summary) : [];
  return new Map(
    entries.flatMap(([id, text]) => (typeof text === "string" ? [[id, text] as const] : [])),
  );
}

/** Names a ledger by its content: as JSON with sorted keys, without spaces, in UTF-8. */
export function ledgerHash(ledger: Ledger): string {
  return `sha256:${sha256Hex(canonicalJson(ledger))}`;
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    // A ledger has tens of thousands of these, so all of them are written in one go.
    if (value.every(isEvidence)) {
      return JSON.stringify(value.map(({ hash, line }) => ({ hash, line })));
    }
    return `[${value.map(canonicalJson).join(",")}]`;
  }
  if (!isObject(value)) return JSON.stringify(value);
  let text = "";
  for (const key of sorted(Object.keys(value))) {
    const member = value[key];
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

function isEvidence(value: unknown): value is Evidence {
  if (!isObject(value) || typeof value["hash"] !== "string") return false;
  return typeof value["line"] === "number" && Object.keys(value).length === 2;
}

/** UTF-8 sorts as code points do; JavaScript's own order differs beyond the first 65,536. */
function sorted(keys: string[]): string[] {
  if (!keys.some((key) => /[\ud800-\udfff]/.test(key))) return keys.sort();
  return keys.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
}
