import { AppError } from "../../errors.ts";
import type { Policy } from "../../redaction/policy.ts";
import { openHistory } from "../../store/open-history.ts";
import { findAbsence } from "../../store/transcripts/missing.ts";
import { findTranscript } from "../../store/transcripts/transcript.ts";
import type { ConversationView, SeenPart, ToolView } from "../../viewer/views.ts";
import type { Project } from "../projects/find-project.ts";
import { type ConversationProgress, readInPieces } from "./conversation-progress.ts";
import { readPart, viewTool } from "./conversation-part.ts";
import { type TranscriptReading, readTranscript } from "./read-transcript.ts";

/** A project whose conversations are read with their secrets masked, as a push would send them. */
export interface Reading extends Project {
  readonly policy: Policy;
  redact(text: Uint8Array): Uint8Array;
}

export function maskText({ redact }: Reading, text: string): string {
  return Buffer.from(redact(Buffer.from(text))).toString("utf8");
}

interface Opened {
  readonly bytes: number;
  readonly progress: ConversationProgress;
}

/** The transcripts that were read last: a page asks for one conversation many times over. */
const kept = new Map<
  string,
  { readonly transcript: TranscriptReading; progress: ConversationProgress }
>();
const mostKept = 4;

/** A kept conversation, of which as much is read as is asked for. Fails with `not_found` where nothing of it is here. */
export function openConversation({ paths, policy }: Reading, id: string): Opened {
  const found = findTranscript(paths, id, () => {});
  if (found === undefined) {
    const absence = findAbsence(paths, id, () => {});
    if (absence !== undefined) {
      const why = absence === "purged" ? "was purged" : "is not shared by its author";
      throw new AppError("not_found", `this conversation ${why}`);
    }
    throw new AppError("not_found", "this conversation is not kept on this machine", {
      hint: "run `agent-trace pull` if a teammate has it",
    });
  }
  const known = kept.get(id);
  if (known?.transcript.goesOn(found, policy) === true) {
    return { bytes: found.bytes, progress: known.progress };
  }
  const transcript = readTranscript(found, policy);
  const progress = readInPieces(transcript.next, transcript);
  kept.delete(id);
  kept.set(id, { transcript, progress });
  for (const oldest of [...kept.keys()].slice(0, -mostKept)) kept.delete(oldest);
  return { bytes: found.bytes, progress };
}

/** A part of a conversation, from the turn on that the page lacks. */
export async function readConversationView(
  project: Reading,
  id: string,
  seen: SeenPart,
): Promise<ConversationView> {
  const { bytes, progress } = openConversation(project, id);
  const part = await readPart(progress, seen, project.git.repository.workTree);
  // What stands beside the turns comes with the first of them.
  if (part.from > 0) return { id, bytes, summary: null, files: [], ...part };
  using history = openHistory(project.paths);
  const files = new Map<string, { path: string; lines: number; commits: number }>();
  for (const ledger of history.ledgersOf(id)) {
    for (const [path, file] of Object.entries(ledger.files)) {
      const own = file.line_attributions.filter(({ conversation_id }) => conversation_id === id);
      if (own.length === 0) continue;
      const sum = files.get(path) ?? { path, lines: 0, commits: 0 };
      files.set(path, sum);
      sum.commits++;
      for (const { start_line, end_line } of own)
        sum.lines += Math.max(0, end_line - start_line + 1);
    }
  }
  const summary = history.summaries([id]).get(id);
  return {
    id,
    bytes,
    summary: summary === undefined ? null : maskText(project, summary),
    files: [...files.values()].sort((one, other) => other.lines - one.lines),
    ...part,
  };
}

/** One tool call opened. */
export async function readToolView(
  project: Reading,
  { id, turn, part }: { id: string; turn: number; part: number },
): Promise<ToolView> {
  const { progress } = openConversation(project, id);
  return viewTool((await progress.turn(turn))?.parts[part]);
}
