import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conversationIdOf, sha256Hex } from "../../src/schema/digest.ts";
import type { ConversationId } from "../../src/schema/ids.ts";
import { growLiveCopy } from "../../src/store/transcripts/live-copy.ts";
import { appendLines } from "../../src/store/files/append.ts";
import { readConversationIndex } from "../../src/store/transcripts/conversation-index.ts";
import type { Person } from "./person.ts";

/** A transcript as an agent would have written it, taken up by the hooks. */
export function writeTranscript(
  person: Person,
  name: string,
  content: string | Uint8Array,
): ConversationId {
  const directory = join(person.home, "agent");
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${name}.jsonl`);
  writeFileSync(path, content);
  growLiveCopy(person.paths, { path, agent: "claude-code", session: name });
  return conversationIdOf(path);
}

export interface TraceOptions {
  readonly conversation?: string;
  readonly time?: string;
  readonly text?: string;
}

/** Appends a trace and gives its id, which follows from `seed`. */
export function addTrace(person: Person, seed: string, options: TraceOptions = {}): string {
  const { conversation, time = "2026-02-10T12:00:00.000000+00:00", text = "" } = options;
  const hex = sha256Hex(seed);
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  const range = { start_line: 1, end_line: 1, content_hash: `sha256:${hex}` };
  const trace = {
    version: "2.0",
    id,
    timestamp: time,
    tool: { name: "claude-code" },
    files: [
      {
        path: "src/a.ts",
        conversations: [
          { ranges: [range], ...(conversation === undefined ? {} : { id: conversation }) },
        ],
      },
    ],
    metadata: { session_id: "s", tool_name: "Edit", text },
  };
  appendLines(person.paths.traces, [JSON.stringify(trace)]);
  return id;
}

export function addLedger(
  person: Person,
  seed: string,
  {
    traces = [],
    time = "2026-02-10T12:00:00Z",
  }: { traces?: readonly string[]; time?: string } = {},
): string {
  const sha = sha256Hex(seed).slice(0, 40);
  const common = { commit_sha: sha, parent_sha: null, committed_at: time, created_at: time };
  const ids = { trace_ids: traces.toSorted() };
  appendLines(person.paths.ledgers, [
    JSON.stringify({ version: "2.0", ...common, ...ids, files: {} }),
  ]);
  appendLines(person.paths.commitLinks, [JSON.stringify({ ...common, ...ids, files_changed: [] })]);
  return sha;
}

export function addSummary(person: Person, conversation: string, time: string): void {
  const summary = { conversation_id: conversation, summary: "what was done", created_at: time };
  appendLines(person.paths.summaries, [JSON.stringify(summary)]);
}

/** One piece of work with everything: a trace that a ledger names, its transcript and a summary; and a trace that none names. */
export function addWork(person: Person, name: string, transcript: string | Uint8Array): void {
  const conversation = writeTranscript(person, name, transcript);
  const trace = addTrace(person, `${name}-named`, { conversation });
  addTrace(person, `${name}-loose`);
  addLedger(person, name, { traces: [trace] });
  addSummary(person, conversation, "2026-02-10T12:00:00Z");
}

const lines = (path: string): string[] => {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean).toSorted();
  } catch {
    return [];
  }
};

/** All that a store holds and shares, in a form in which two stores can be compared. */
export function contentsOf({ paths }: Person): Record<string, unknown> {
  const index = readConversationIndex(paths, () => {});
  return {
    traces: lines(paths.traces),
    ledgers: lines(paths.ledgers),
    commitLinks: lines(paths.commitLinks),
    summaries: lines(paths.summaries),
    transcripts: Object.fromEntries(
      [...index].map(([id, blob]) => [
        id,
        [blob, sha256Hex(readFileSync(join(paths.conversations, blob.slice(0, 2), blob)))],
      ]),
    ),
  };
}

/** Every snapshot hashes to its name; gives how many there are. */
export function checkSnapshots({ paths }: Person): number {
  let count = 0;
  if (!existsSync(paths.conversations)) return count;
  for (const folder of readdirSync(paths.conversations)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of readdirSync(join(paths.conversations, folder))) {
      if (!/^[0-9a-f]{64}$/.test(name)) continue;
      const content = readFileSync(join(paths.conversations, folder, name));
      if (sha256Hex(content) !== name) throw new Error(`${name} holds other bytes`);
      count++;
    }
  }
  return count;
}

/** How many of each resource a push says it sent. */
export const sentBy = (answer: Record<string, any>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(answer["resources"] as Record<string, { sent: number }>).map(
      ([name, { sent }]) => [name, sent],
    ),
  );
