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
  const rows = parseRows(transcript);
  for (const row of rows) {
    const form = forms.find(([knows]) => knows(row));
    if (form !== undefined) return form[1](rows);
  }
  return [];
}

function parseRows(transcript: string): Payload[] {
  const rows: Payload[] = [];
  for (const line of transcript.split("\n")) {
    if (!line.startsWith("{") && !line.trimStart().startsWith("{")) continue;
    const row = parse(line);
    if (row !== undefined) rows.push(row);
  }
  if (rows.length > 0) return rows;
  // One document, written over several lines.
  const whole: unknown = transcript.trimStart().startsWith("[")
    ? parseAny(transcript)
    : parse(transcript);
  const entries: unknown[] = Array.isArray(whole) ? whole : [whole];
  return entries.map((entry) => asObject(entry)).filter((entry) => entry !== undefined);
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
