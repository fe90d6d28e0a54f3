import { type Payload, asObject } from "./payload.ts";
import { readCodexRows } from "./turns/codex-rows.ts";
import { readCopilotRows } from "./turns/copilot-rows.ts";
import { readGeminiRows } from "./turns/gemini-rows.ts";
import { readMessageRows } from "./turns/message-rows.ts";
import { readOpenCodeRows } from "./turns/opencode-rows.ts";
import type { Turn } from "./turns/turn.ts";

export type { Turn, Usage } from "./turns/turn.ts";

/** A form of transcripts: what tells it by a single row, and how its rows are read. */
interface Form {
  readonly name: string;
  /** Of what is said, each row tells by itself: a piece can be read without what stands before it. */
  readonly inPieces: boolean;
  knows(row: Payload): boolean;
  read(rows: Iterable<Payload>): Turn[];
}

/** The first that knows a row reads the whole. */
const forms: readonly Form[] = [
  {
    name: "opencode",
    inPieces: false,
    knows: ({ type }) => type === "opencode",
    read: readOpenCodeRows,
  },
  {
    name: "codex",
    inPieces: true,
    knows: ({ type, payload }) =>
      asObject(payload) !== undefined &&
      ["session_meta", "response_item", "event_msg", "turn_context"].includes(String(type)),
    read: readCodexRows,
  },
  {
    name: "gemini",
    inPieces: false,
    knows: (row) => "projectHash" in row || "$set" in row || row["type"] === "gemini",
    read: readGeminiRows,
  },
  {
    name: "copilot",
    inPieces: true,
    knows: ({ type, data }) =>
      asObject(data) !== undefined &&
      ["session.start", "user.message", "assistant.message"].includes(String(type)),
    read: readCopilotRows,
  },
  {
    name: "messages",
    inPieces: true,
    knows: (row) =>
      ["user", "assistant"].includes(String(row["type"] ?? row["role"])) || "message" in row,
    read: readMessageRows,
  },
];

/**
 * What was said in a transcript, in order: the person's and the assistant's words, with the ids of the calls that were
 * made along with them. The transcript's own form says how it is read, whoever wrote it. Lines that do not parse are
 * passed over, and so is what nobody said: the client's books, and what programs put into a person's words. A
 * transcript of another form has no turns.
 */
export function parseTurns(transcript: string): Turn[] {
  return formOf(transcript)?.read(rowsOf(transcript)) ?? [];
}

function formOf(transcript: string): Form | undefined {
  for (const row of rowsOf(transcript)) {
    const form = forms.find(({ knows }) => knows(row));
    if (form !== undefined) return form;
  }
  return undefined;
}

/** What was said in a piece of a transcript. */
export interface PieceTurns {
  /** To be given along with the next piece; undefined as long as nothing has told the form. */
  readonly form: string | undefined;
  /** Undefined where the form can only be read from its beginning to its end. */
  readonly turns: readonly Turn[] | undefined;
}

/**
 * As `parseTurns`, of whole lines from the midst of a transcript. `known` is the form that an earlier piece had. A
 * document written over several lines is no piece: it tells no form.
 */
export function parsePiece(piece: string, known: string | undefined): PieceTurns {
  const form = forms.find(({ name }) => name === known) ?? formOf(piece);
  if (form === undefined) return { form: undefined, turns: [] };
  return { form: form.name, turns: form.inPieces ? form.read(rowsOf(piece)) : undefined };
}

/** The rows one after the other: a transcript may be far larger than what is said in it. */
function* rowsOf(transcript: string): Generator<Payload> {
  let hasRows = false;
  for (let start = 0; start < transcript.length;) {
    const next = transcript.indexOf("\n", start);
    const end = next < 0 ? transcript.length : next;
    const line = transcript.slice(start, end).trim();
    start = end + 1;
    const row = line.startsWith("{") ? parse(line) : undefined;
    if (row === undefined) continue;
    hasRows = true;
    yield row;
  }
  if (hasRows) return;
  // One document, written over several lines.
  const whole = parseAny(transcript);
  const entries: unknown[] = Array.isArray(whole) ? whole : [whole];
  for (const entry of entries) {
    const row = asObject(entry);
    if (row !== undefined) yield row;
  }
}

function parse(text: string): Payload | undefined {
  return asObject(parseAny(text));
}

function parseAny(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
