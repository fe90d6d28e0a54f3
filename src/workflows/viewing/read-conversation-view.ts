import { readFileSync } from "node:fs";
import { relative } from "node:path";
import {
  type ParsedConversation,
  type ToolCall,
  parseConversation,
} from "../../capture/read-conversation.ts";
import { AppError } from "../../errors.ts";
import { openHistory } from "../../store/open-history.ts";
import { findTranscript } from "../../store/transcripts/transcript.ts";
import type { ConversationView, ToolView, TurnPart, TurnView } from "../../viewer/views.ts";
import type { Project } from "../projects/find-project.ts";

interface Kept {
  readonly bytes: number;
  readonly conversation: ParsedConversation;
}

/** A project whose conversations are read with their secrets masked, as a push would send them. */
export interface Reading extends Project {
  redact(transcript: Uint8Array): Uint8Array;
}

/** The transcripts that were read last: a page asks for one conversation many times over. */
const kept = new Map<string, Kept & { readonly version: string }>();
const mostKept = 4;

/** A kept conversation, whole. Fails with `not_found` where nothing of it is kept here. */
export function openConversation({ paths, redact }: Reading, id: string): Kept {
  const transcript = findTranscript(paths, id, () => {});
  if (transcript === undefined) {
    throw new AppError("not_found", "this conversation is not kept on this machine", {
      hint: "run `agent-trace pull` if a teammate has it",
    });
  }
  const version = `${transcript.path} ${transcript.bytes}`;
  const known = kept.get(id);
  if (known?.version === version) return known;
  const text = new TextDecoder().decode(redact(readFileSync(transcript.path)));
  const fresh = { version, bytes: transcript.bytes, conversation: parseConversation(text) };
  kept.delete(id);
  kept.set(id, fresh);
  for (const oldest of [...kept.keys()].slice(0, -mostKept)) kept.delete(oldest);
  return fresh;
}

export function readConversationView(project: Reading, id: string): ConversationView {
  const { bytes, conversation } = openConversation(project, id);
  const { turns, unreadable, tokens } = conversation;
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
  return {
    id,
    bytes,
    summary: history.summaries([id]).get(id) ?? null,
    turns: turns.map((turn): TurnView => ({
      speaker: turn.speaker,
      time: turn.time ?? null,
      model: turn.model ?? null,
      subagent: turn.subagent,
      parts: turn.parts.map((part) => (part.kind === "tool" ? describeCall(project, part) : part)),
    })),
    unreadable,
    tokens: tokens ?? null,
    files: [...files.values()].sort((one, other) => other.lines - one.lines),
  };
}

/** One tool call opened. A diff is cut to what differs; the words of a result come whole. */
export function readToolView(
  project: Reading,
  { id, turn, part }: { id: string; turn: number; part: number },
): ToolView {
  const call = openConversation(project, id).conversation.turns[turn]?.parts[part];
  if (call?.kind !== "tool") {
    throw new AppError("not_found", "the conversation has no such tool call");
  }
  const changes = changesOf(call);
  return {
    diff: changes.flatMap(({ before, after }) => differing(before, after)),
    input: changes.length > 0 ? "" : JSON.stringify(call.input, null, 2),
    output: call.output ?? "",
  };
}

function describeCall({ git }: Project, call: ToolCall): TurnPart {
  let added = 0;
  let removed = 0;
  for (const { before, after } of changesOf(call)) {
    for (const { mark } of differing(before, after)) {
      if (mark === "+") added++;
      if (mark === "-") removed++;
    }
  }
  const { name, failed } = call;
  return {
    kind: "tool",
    name,
    target: targetOf(call, git.repository.workTree),
    added,
    removed,
    failed,
  };
}

function textIn(input: Readonly<Record<string, unknown>>, ...names: string[]): string | undefined {
  return names.map((name) => input[name]).find((value) => typeof value === "string") as
    | string
    | undefined;
}

function targetOf({ input }: ToolCall, workTree: string): string {
  const file = textIn(input, "file_path", "notebook_path", "path", "absolute_path");
  if (file !== undefined) {
    const inside = relative(workTree, file);
    return inside.startsWith("..") ? file : inside;
  }
  const said = textIn(input, "description", "command", "pattern", "prompt", "query", "url") ?? "";
  return said.split("\n", 1)[0]?.slice(0, 200).toWellFormed() ?? "";
}

function changesOf({ input }: ToolCall): { before: string; after: string }[] {
  const edits = Array.isArray(input["edits"]) ? (input["edits"] as unknown[]) : [input];
  const changes = edits.flatMap((edit) => {
    if (typeof edit !== "object" || edit === null) return [];
    const own = edit as Record<string, unknown>;
    const [before, after] = [
      textIn(own, "old_string", "old_str"),
      textIn(own, "new_string", "new_str"),
    ];
    return before === undefined && after === undefined
      ? []
      : [{ before: before ?? "", after: after ?? "" }];
  });
  const content = textIn(input, "content", "file_text");
  const isWrite =
    changes.length === 0 &&
    content !== undefined &&
    textIn(input, "file_path", "path", "absolute_path") !== undefined;
  return isWrite ? [{ before: "", after: content }] : changes;
}

/** What differs between two texts, with a line that they share on either side. */
export function differing(before: string, after: string): ToolView["diff"] {
  const [one, other] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start++;
  let end = 0;
  const most = Math.min(one.length, other.length) - start;
  while (end < most && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  const shared = (text: string | undefined) =>
    text === undefined ? [] : [{ mark: " " as const, text }];
  return [
    ...shared(start > 0 ? one[start - 1] : undefined),
    ...one.slice(start, one.length - end).map((text) => ({ mark: "-" as const, text })),
    ...other.slice(start, other.length - end).map((text) => ({ mark: "+" as const, text })),
    ...shared(end > 0 ? one[one.length - end] : undefined),
  ];
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
