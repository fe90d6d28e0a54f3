import { isBookkeeping } from "./bookkeeping.ts";
import { asObject } from "./payload.ts";
import { parseTurns } from "./read-turns.ts";

/** What a conversation holds, as a reader wants to see it: words, thoughts, and what tools were asked and said. */
export interface SpokenTurn {
  readonly speaker: "user" | "assistant";
  readonly time: string | undefined;
  readonly model: string | undefined;
  /** Said by or to a helper that the agent started. */
  readonly subagent: boolean;
  readonly parts: readonly SpokenPart[];
}

export type SpokenPart = { readonly kind: "text" | "thinking"; readonly text: string } | ToolCall;

export interface ToolCall {
  readonly kind: "tool";
  readonly id: string | undefined;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  output: string | undefined;
  failed: boolean;
}

export interface ParsedConversation {
  readonly turns: readonly SpokenTurn[];
  /** Lines that are no JSON: torn, glued or damaged. */
  readonly unreadable: number;
  readonly tokens:
    | { readonly input: number; readonly output: number; readonly cached: number }
    | undefined;
}

/**
 * A transcript that is read as it comes. Turns are there from the moment their lines are; what a later line changes of
 * an earlier turn, such as a tool's result, is told by `changed`.
 */
export interface ConversationReader {
  /** Some more of the transcript, cut anywhere. */
  write(text: string): void;
  /** Nothing more comes: reads what stands behind the last line break. */
  end(): void;
  /** What was read so far; its turns grow. */
  readonly conversation: ParsedConversation;
  /** Turns that lines behind the following turn's first changed, in the order in which that happened. */
  readonly changed: readonly number[];
}

type OpenTurn = Omit<SpokenTurn, "parts"> & { readonly parts: SpokenPart[] };

/** Reads a transcript, its tool calls with their results. One of a form that is not known has its words alone. */
export function openConversationReader(): ConversationReader {
  const turns: OpenTurn[] = [];
  /** A call, and the turn that it stands in. */
  const calls = new Map<string, { readonly call: ToolCall; at: number }>();
  const usage = new Map<string, Record<string, unknown>>();
  const changed: number[] = [];
  let unreadable = 0;
  let nth = 0;
  let rest = "";
  /** All that was read, until a turn is found in it: other forms are read as a whole. */
  let whole: string[] | undefined = [];

  function add(turn: SpokenTurn): void {
    const last = turns.at(-1);
    // Agents write a turn in pieces, one a line: pieces of one speaker without another between them are one turn.
    const continues =
      last?.speaker === "assistant" &&
      turn.speaker === "assistant" &&
      last.subagent === turn.subagent &&
      (turn.model === undefined || last.model === turn.model);
    if (continues) {
      // One by one: a million arguments of a call have no room on the stack.
      for (const part of turn.parts) last.parts.push(part);
      changed.push(turns.length - 1);
    } else turns.push({ ...turn, parts: [...turn.parts] });
    for (const part of turn.parts) {
      if (part.kind === "tool" && part.id !== undefined) {
        calls.set(part.id, { call: part, at: turns.length - 1 });
      }
    }
    whole = undefined;
  }

  function answer(id: string | undefined, result: { output: string; failed: boolean }): void {
    const found = calls.get(id ?? "");
    if (found === undefined) return;
    Object.assign(found.call, result);
    changed.push(found.at);
  }

  function take(line: string): void {
    if (line.trim() === "") return;
    nth++;
    let record;
    try {
      record = asObject(JSON.parse(line));
    } catch {
      unreadable++;
      return;
    }
    if (record !== undefined && isBookkeeping(record)) return;
    const entry = asObject(record?.["payload"]) ?? record;
    const message = asObject(entry?.["message"]) ?? entry;
    if (entry?.["type"] === "function_call") return add(callAlone(entry));
    if (entry?.["type"] === "function_call_output") {
      const output = plainText(entry["output"]);
      return answer(textOf(entry["call_id"]), { output, failed: false });
    }
    const speaker = message?.["role"] ?? record?.["type"];
    if (speaker !== "user" && speaker !== "assistant") return;
    if (record?.["isMeta"] === true) return;
    const parts = partsOf(message?.["content"], answer);
    const used = asObject(message?.["usage"]);
    if (used !== undefined) usage.set(textOf(message?.["id"]) ?? `line ${nth}`, used);
    if (parts.length === 0) return;
    add({
      speaker,
      time: textOf(record?.["timestamp"]),
      model: textOf(message?.["model"]),
      subagent: record?.["isSidechain"] === true,
      parts,
    });
  }

  return {
    changed,
    write(text) {
      whole?.push(text);
      const lines = text.split("\n");
      const [first = "", ...more] = lines;
      if (more.length === 0) {
        rest += first;
        return;
      }
      take(rest + first);
      rest = more.pop() ?? "";
      for (const line of more) take(line);
    },
    end() {
      take(rest);
      rest = "";
      if (whole === undefined) return;
      const said = parseTurns(whole.join(""));
      whole = undefined;
      for (const { speaker, text } of said) add(wordsAlone(speaker, text));
    },
    get conversation() {
      return {
        turns,
        unreadable: turns.length === 0 ? 0 : unreadable,
        tokens: sumOf(usage),
      };
    },
  };
}

/** Reads a transcript whole. */
export function parseConversation(transcript: string): ParsedConversation {
  const reader = openConversationReader();
  reader.write(transcript);
  reader.end();
  return reader.conversation;
}

function wordsAlone(speaker: "user" | "assistant", text: string): SpokenTurn {
  const parts = [{ kind: "text", text }] as const;
  return { speaker, time: undefined, model: undefined, subagent: false, parts };
}

/** A call that stands in a record of its own. */
function callAlone(entry: Record<string, unknown>): SpokenTurn {
  let input: Record<string, unknown>;
  try {
    input = asObject(JSON.parse(textOf(entry["arguments"]) ?? "")) ?? {};
  } catch {
    input = { arguments: textOf(entry["arguments"]) ?? "" };
  }
  const call = newCall(textOf(entry["call_id"]), textOf(entry["name"]), input);
  return {
    speaker: "assistant",
    time: undefined,
    model: undefined,
    subagent: false,
    parts: [call],
  };
}

function newCall(
  id: string | undefined,
  name: string | undefined,
  input: Record<string, unknown>,
): ToolCall {
  return { kind: "tool", id, name: name ?? "tool", input, output: undefined, failed: false };
}

type Answer = (id: string | undefined, result: { output: string; failed: boolean }) => void;

function partsOf(content: unknown, answer: Answer): SpokenPart[] {
  if (typeof content === "string") {
    const text = content.trim();
    return text === "" ? [] : [{ kind: "text", text }];
  }
  if (!Array.isArray(content)) return [];
  return content.flatMap((value): SpokenPart[] => {
    const part = asObject(value);
    const type = part?.["type"];
    if (part === undefined) return [];
    if (type === "text" || type === "input_text" || type === "output_text") {
      const text = textOf(part["text"])?.trim() ?? "";
      return text === "" ? [] : [{ kind: "text", text }];
    }
    if (type === "thinking") {
      const text = textOf(part["thinking"])?.trim() ?? "";
      return text === "" ? [] : [{ kind: "thinking", text }];
    }
    if (type === "tool_result") {
      const result = { output: plainText(part["content"]), failed: part["is_error"] === true };
      answer(textOf(part["tool_use_id"]), result);
      return [];
    }
    if (type !== "tool_use") return [];
    return [newCall(textOf(part["id"]), textOf(part["name"]), asObject(part["input"]) ?? {})];
  });
}

function sumOf(usage: ReadonlyMap<string, Record<string, unknown>>) {
  if (usage.size === 0) return undefined;
  const sum = { input: 0, output: 0, cached: 0 };
  for (const used of usage.values()) {
    const number = (name: string): number =>
      typeof used[name] === "number" && Number.isFinite(used[name]) ? used[name] : 0;
    sum.input += number("input_tokens") + number("cache_creation_input_tokens");
    sum.output += number("output_tokens");
    sum.cached += number("cache_read_input_tokens");
  }
  return sum;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function plainText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return content === undefined ? "" : JSON.stringify(content);
  return content.map((part) => textOf(asObject(part)?.["text"]) ?? "").join("\n");
}
