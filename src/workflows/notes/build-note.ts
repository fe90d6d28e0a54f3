import { readFileSync } from "node:fs";
import { type Turn, parseTurns } from "../../capture/read-turns.ts";
import type { Ledger, LedgerFile } from "../../schema/ledger.ts";
import { type Note, ledgerHash } from "../../schema/note.ts";
import type { Trace } from "../../schema/trace.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import type { History } from "../../store/index/history.ts";
import { findTranscript } from "../../store/transcripts/transcript.ts";
import { askedBefore } from "../provenance/turns-beside.ts";
import type { NoteContents } from "./note-contents.ts";

export interface NoteWorld {
  readonly paths: ProjectPaths;
  readonly history: History;
  /** Takes secrets out of what people said. */
  redact(text: string): string;
}

/** As agent-trace-cli has it. */
const mostPromptCharacters = 500;

/** What a commit's note says, as far as its parts are wanted; a part that would be empty is left out. */
export function buildNote(world: NoteWorld, ledger: Ledger, contents: NoteContents): Note {
  const { history } = world;
  const traces = history.traces(ledger.trace_ids);
  const all = contents.all_session_conversations ? takenIn(history, ledger) : [];
  const told = contents.summary ? [...conversationsOf(ledger), ...all] : [];
  const summary = Object.fromEntries(
    [...history.summaries(told)].map(([id, text]) => [id, world.redact(text)]),
  );
  const prompts = contents.prompts ? readPrompts(world, [...traces.values()]) : [];
  return {
    version: "2.0",
    trace_ids: ledger.trace_ids,
    ledger_hash: ledgerHash(ledger),
    stats: { ai_lines: countLines(ledger) },
    ...(contents.ledger ? { ledger: { files: namingAgents(ledger, traces) } } : {}),
    ...(Object.keys(summary).length > 0 ? { summary } : {}),
    ...(prompts.length > 0 ? { prompts } : {}),
    ...(all.length > 0
      ? {
          all_session_conversations: all.map((id) => ({
            conversation_id: id,
            summary: summary[id] ?? null,
          })),
        }
      : {}),
  };
}

function conversationsOf({ files }: Ledger): Set<string> {
  const segments = Object.values(files).flatMap(({ line_attributions }) => line_attributions);
  return new Set(segments.flatMap(({ conversation_id: id }) => id ?? []));
}

function countLines({ files }: Ledger): number {
  return Object.values(files)
    .flatMap(({ line_attributions }) => line_attributions)
    .reduce((sum, { start_line, end_line }) => sum + end_line - start_line + 1, 0);
}

/** Traces do not travel with notes, so each segment says which agent wrote it. */
function namingAgents(
  { files }: Ledger,
  traces: ReadonlyMap<string, Trace>,
): Record<string, LedgerFile> {
  return Object.fromEntries(
    Object.entries(files).map(([path, { line_attributions }]) => [
      path,
      {
        line_attributions: line_attributions.map((segment) => {
          const tool = traces.get(segment.trace_id ?? "")?.tool?.name;
          return tool === undefined ? segment : { ...segment, tool };
        }),
      },
    ]),
  );
}

/** Conversations of all traces that the commit took in, those too of which no line is left. */
function takenIn(history: History, ledger: Ledger): string[] {
  const ids = history.commitLink(ledger.commit_sha)?.trace_ids ?? ledger.trace_ids;
  const found = [...history.traces(ids).values()].flatMap(({ files }) =>
    files.flatMap(({ conversations }) => conversations.flatMap(({ id }) => id ?? [])),
  );
  return [...new Set([...conversationsOf(ledger), ...found])].sort();
}

/** What people asked for before each edit, as far as the conversations are kept here. */
function readPrompts({ paths, redact }: NoteWorld, traces: readonly Trace[]): string[] {
  const known = new Map<string, readonly Turn[]>();
  const prompts = new Set<string>();
  for (const trace of traces) {
    for (const { id } of trace.files.flatMap(({ conversations }) => conversations)) {
      if (id === undefined) continue;
      const turns = known.get(id) ?? readTurns(paths, id);
      known.set(id, turns);
      const asked = askedBefore(turns, trace)?.text.trim() ?? "";
      if (asked === "") continue;
      prompts.add([...redact(asked)].slice(0, mostPromptCharacters).join("").toWellFormed());
    }
  }
  return [...prompts];
}

function readTurns(paths: ProjectPaths, id: string): readonly Turn[] {
  const transcript = findTranscript(paths, id, () => {});
  if (transcript === undefined) return [];
  try {
    return parseTurns(readFileSync(transcript.path, "utf8"));
  } catch {
    return [];
  }
}
