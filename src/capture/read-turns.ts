import { type Payload, asObject } from "./payload.ts";
import { readCodexRows } from "./turns/codex-rows.ts";
import { readCopilotRows } from "./turns/copilot-rows.ts";
import { readGeminiRows } from "./turns/gemini-rows.ts";
import { readMessageRows } from "./turns/message-rows.ts";
import { readOpenCodeRows } from "./turns/opencode-rows.ts";
import type { Turn } from "./turns/turn.ts";

export type { Turn, Usage } from "./turns/turn.ts";

/** Forms of transcripts, each with what tells it by a single row. The first that knows a row reads the whole. */
const forms: readonly (readonly [
  knows: (row: Payload) => boolean,
  read: (rows: Iterable<Payload>) => Turn[],
])[] = [
  [({ type }) => type === "opencode", readOpenCodeRows],
  [
    ({ type, payload }) =>
      asObject(payload) !== undefined &&
      ["session_meta", "response_item", "event_msg", "turn_context"].includes(String(type)),
    readCodexRows,
  ],
  [(row) => "projectHash" in row || "$set" in row || row["type"] === "gemini", readGeminiRows],
  [
    ({ type, data }) =>
      asObject(data) !== undefined &&
      ["session.start", "user.message", "assistant.message"].includes(String(type)),
    readCopilotRows,
  ],
  [
    (row) => ["user", "assistant"].includes(String(row["type"] ?? row["role"])) || "message" in row,
    readMessageRows,
  ],
];

/**
 * What was said in a transcript, in order: the person's and the assistant's words, with the ids of the calls that were
 * made along with them. The transcript's own form says how it is read, whoever wrote it. Lines that do not parse are
 * passed over, and so is what nobody said: the client's books, and what programs put into a person's words. A
 * transcript of another form has no turns.
 */
export function parseTurns(transcript: string): Turn[] {
  for (const row of rowsOf(transcript)) {
    const form = forms.find(([knows]) => knows(row));
    if (form !== undefined) return form[1](rowsOf(transcript));
  }
  return [];
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
