import { relative } from "node:path";
import type { SpokenPart, SpokenTurn, ToolCall } from "../../capture/read-conversation.ts";
import { AppError } from "../../errors.ts";
import type {
  ConversationPart,
  SeenPart,
  ToolView,
  TurnPart,
  TurnView,
} from "../../viewer/views.ts";
import type { ConversationProgress } from "./conversation-progress.ts";

/** What a page shows first, and what it asks for from then on: the first screen must not wait for the rest. */
const first = { turns: 40, bytes: 256 * 1024 };
const further = { turns: 1000, bytes: 1024 * 1024 };

/** The turns that a page lacks, as many as are read quickly, and those that have changed since it got them. */
export async function readPart(
  progress: ConversationProgress,
  seen: SeenPart,
  workTree?: string,
): Promise<ConversationPart> {
  // Another reading of it may have other turns: the page begins anew.
  const { turns: from, changes } = seen.reading === progress.name ? seen : { turns: 0, changes: 0 };
  const goal = from === 0 ? first : further;
  await progress.reach({ turns: from + goal.turns, bytes: goal.bytes });
  const { turns, unreadable, tokens } = progress.conversation;
  const changed = [...new Set(progress.changed.slice(changes))].filter((at) => at < from);
  return {
    reading: progress.name,
    from,
    turns: turns.slice(from).map((turn) => viewTurn(turn, workTree)),
    changed: changed.map((at) => ({ at, turn: viewTurn(turns[at] as SpokenTurn, workTree) })),
    changes: progress.changed.length,
    read: progress.read,
    isWhole: progress.isWhole,
    unreadable,
    tokens: tokens ?? null,
  };
}

function viewTurn(turn: SpokenTurn, workTree: string | undefined): TurnView {
  return {
    speaker: turn.speaker,
    time: turn.time ?? null,
    model: turn.model ?? null,
    subagent: turn.subagent,
    parts: turn.parts.map((part) => (part.kind === "tool" ? describeCall(part, workTree) : part)),
  };
}

/** One tool call opened. A diff is cut to what differs; the words of a result come whole. Fails with `not_found`. */
export function viewTool(call: SpokenPart | undefined): ToolView {
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

function describeCall(call: ToolCall, workTree: string | undefined): TurnPart {
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
    target: targetOf(call, workTree),
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

function targetOf({ input }: ToolCall, workTree: string | undefined): string {
  const file = textIn(input, "file_path", "notebook_path", "path", "absolute_path");
  if (file !== undefined) {
    // Of a conversation of another machine nobody knows where its files began.
    if (workTree === undefined) return file;
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
