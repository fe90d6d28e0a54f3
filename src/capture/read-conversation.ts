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

/** Reads a transcript whole, its tool calls with their results. One of a form that is not known has its words alone. */
export function parseConversation(transcript: string): ParsedConversation {
  const turns: { -readonly [Key in keyof SpokenTurn]: SpokenTurn[Key] }[] = [];
  const calls = new Map<string, ToolCall>();
  const usage = new Map<string, Record<string, unknown>>();
  let unreadable = 0;
  let nth = 0;
  for (const line of transcript.split("\n")) {
    if (line.trim() === "") continue;
    nth++;
    let record;
    try {
      record = asObject(JSON.parse(line));
    } catch {
      unreadable++;
      continue;
    }
    const entry = asObject(record?.["payload"]) ?? record;
    const message = asObject(entry?.["message"]) ?? entry;
    const own = callOf(entry);
    if (own !== undefined) {
      takeCall(own, calls, turns);
      continue;
    }
    const speaker = message?.["role"] ?? record?.["type"];
    if (speaker !== "user" && speaker !== "assistant") continue;
    if (record?.["isMeta"] === true) continue;
    const parts = partsOf(message?.["content"], calls);
    const used = asObject(message?.["usage"]);
    if (used !== undefined) usage.set(textOf(message?.["id"]) ?? `line ${nth}`, used);
    if (parts.length === 0) continue;
    turns.push({
      speaker,
      time: textOf(record?.["timestamp"]),
      model: textOf(message?.["model"]),
      subagent: record?.["isSidechain"] === true,
      parts,
    });
  }
  if (turns.length === 0) {
    const said = parseTurns(transcript);
    turns.push(...said.map(({ speaker, text }) => wordsAlone(speaker, text)));
  }
  return {
    turns: joined(turns),
    unreadable: turns.length === 0 ? 0 : unreadable,
    tokens: sumOf(usage),
  };
}

function wordsAlone(speaker: "user" | "assistant", text: string): SpokenTurn {
  const parts = [{ kind: "text", text }] as const;
  return { speaker, time: undefined, model: undefined, subagent: false, parts };
}

/** A call or its result that stands in a record of its own. */
function callOf(entry: Record<string, unknown> | undefined) {
  const type = entry?.["type"];
  if (entry === undefined || (type !== "function_call" && type !== "function_call_output"))
    return undefined;
  return { id: textOf(entry["call_id"]), entry, isResult: type === "function_call_output" };
}

function takeCall(
  { id, entry, isResult }: NonNullable<ReturnType<typeof callOf>>,
  calls: Map<string, ToolCall>,
  turns: SpokenTurn[],
): void {
  if (isResult) {
    const call = calls.get(id ?? "");
    if (call !== undefined) call.output = plainText(entry["output"]);
    return;
  }
  let input: Record<string, unknown> = {};
  try {
    input = asObject(JSON.parse(textOf(entry["arguments"]) ?? "")) ?? {};
  } catch {
    input = { arguments: textOf(entry["arguments"]) ?? "" };
  }
  const call: ToolCall = {
    kind: "tool",
    id,
    name: textOf(entry["name"]) ?? "tool",
    input,
    output: undefined,
    failed: false,
  };
  if (id !== undefined) calls.set(id, call);
  turns.push({
    speaker: "assistant",
    time: undefined,
    model: undefined,
    subagent: false,
    parts: [call],
  });
}

function partsOf(content: unknown, calls: Map<string, ToolCall>): SpokenPart[] {
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
      const call = calls.get(textOf(part["tool_use_id"]) ?? "");
      if (call !== undefined) {
        call.output = plainText(part["content"]);
        call.failed = part["is_error"] === true;
      }
      return [];
    }
    if (type !== "tool_use") return [];
    const id = textOf(part["id"]);
    const call: ToolCall = {
      kind: "tool",
      id,
      name: textOf(part["name"]) ?? "tool",
      input: asObject(part["input"]) ?? {},
      output: undefined,
      failed: false,
    };
    if (id !== undefined) calls.set(id, call);
    return [call];
  });
}

/** Agents write a turn in pieces, one a line: pieces of one speaker without another between them are one turn. */
function joined(turns: readonly SpokenTurn[]): SpokenTurn[] {
  const whole: { turn: SpokenTurn; parts: SpokenPart[] }[] = [];
  for (const turn of turns) {
    const last = whole.at(-1);
    const continues =
      last?.turn.speaker === "assistant" &&
      turn.speaker === "assistant" &&
      last.turn.subagent === turn.subagent &&
      (turn.model === undefined || last.turn.model === turn.model);
    if (continues) last.parts.push(...turn.parts);
    else whole.push({ turn, parts: [...turn.parts] });
  }
  return whole.map(({ turn, parts }) => ({ ...turn, parts }));
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
