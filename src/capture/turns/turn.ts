import { type Payload, asObject, nameField, textField } from "../payload.ts";

/** One thing that was said in a conversation. */
export interface Turn {
  readonly speaker: "user" | "assistant";
  readonly text: string;
  /** ISO 8601, where the transcript tells. */
  readonly time?: string | undefined;
  readonly model?: string | undefined;
  /** Ids of the tool calls that were made along with what was said, and until something was said again. */
  readonly calls?: readonly string[] | undefined;
  readonly usage?: Usage | undefined;
}

/** What a turn, or a conversation, cost. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In dollars, where the transcript tells. */
  readonly cost?: number | undefined;
}

/** Blocks that programs put into a person's words. Nobody said them. */
const unsaid = [
  "system-reminder",
  "task-notification",
  "local-command-stdout",
  "local-command-stderr",
  "local-command-caveat",
  "environment_context",
  "user_instructions",
  "session_context",
  "current_datetime",
  "permissions instructions",
  "collaboration_mode",
];

const opening = new RegExp(`<(${unsaid.join("|")})(?:\\s[^<>]{0,200})?>`, "g");

/** What a person said of what stands in the person's name. One walk: a block that is never closed is left as it is. */
export function saidByPerson(text: string): string {
  if (!text.includes("<")) return text.trim();
  const parts: string[] = [];
  const unclosed = new Set<string>();
  let from = 0;
  for (const match of text.matchAll(opening)) {
    const name = match[1] ?? "";
    if (match.index < from || unclosed.has(name)) continue;
    const closing = `</${name}>`;
    const end = text.indexOf(closing, match.index);
    if (end < 0) {
      unclosed.add(name);
      continue;
    }
    parts.push(text.slice(from, match.index));
    from = end + closing.length;
  }
  return (parts.join("") + text.slice(from)).trim();
}

/** The text of a message's content: a text, or a list of parts of which the texts count. */
export function textOf(content: unknown, ...types: readonly string[]): string {
  if (typeof content === "string") return content.trim();
  if (!Array.isArray(content)) return "";
  const kinds = types.length === 0 ? ["text"] : types;
  return content
    .map((part) => asObject(part))
    .filter((part) => part?.["type"] === undefined || kinds.includes(String(part["type"])))
    .flatMap((part) => textField(part, "text") ?? [])
    .join("\n")
    .trim();
}

/** The ids of a message's parts of one type, under one of some names. */
export function idsOf(content: unknown, type: string, ...names: readonly string[]): string[] {
  if (!Array.isArray(content)) return [];
  return content
    .map((part) => asObject(part))
    .filter((part) => part?.["type"] === type)
    .flatMap((part) => nameField(part, ...names) ?? []);
}

export function usageOf(
  usage: Payload | undefined,
  names: { readonly input: readonly string[]; readonly output: readonly string[] },
  cost?: unknown,
): Usage | undefined {
  if (usage === undefined) return undefined;
  const sum = (fields: readonly string[]): number =>
    fields.reduce((total, name) => total + number(usage[name]), 0);
  const known = typeof cost === "number" && cost > 0 ? { cost } : {};
  const counted = { inputTokens: sum(names.input), outputTokens: sum(names.output), ...known };
  return counted.inputTokens + counted.outputTokens === 0 ? undefined : counted;
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

/** Gathers turns; calls and costs that come between two of them go to the one that the assistant spoke last. */
export class TurnList {
  readonly turns: Turn[] = [];
  #calls: string[] = [];
  #usage: Usage | undefined;

  say(turn: Turn): void {
    if (turn.text === "") {
      this.note(turn.calls ?? [], turn.usage);
      return;
    }
    this.#settle();
    this.turns.push(turn);
  }

  note(calls: readonly string[], usage?: Usage): void {
    this.#calls.push(...calls);
    if (usage !== undefined) this.#usage = addUsage(this.#usage, usage);
  }

  end(): Turn[] {
    this.#settle();
    return this.turns;
  }

  #settle(): void {
    if (this.#calls.length === 0 && this.#usage === undefined) return;
    const place = this.turns.length - 1;
    const last = this.turns[place];
    const calls = this.#calls;
    const usage = this.#usage;
    this.#calls = [];
    this.#usage = undefined;
    if (last === undefined) return;
    this.turns[place] = {
      ...last,
      ...(calls.length === 0 ? {} : { calls: [...(last.calls ?? []), ...calls] }),
      ...(usage === undefined ? {} : { usage: addUsage(last.usage, usage) }),
    };
  }
}

export function addUsage(one: Usage | undefined, other: Usage): Usage {
  if (one === undefined) return other;
  const cost = (one.cost ?? 0) + (other.cost ?? 0);
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    ...(cost > 0 ? { cost } : {}),
  };
}

/** What a conversation cost as a whole, where its turns tell. */
export function usageOfAll(turns: readonly Turn[]): Usage | undefined {
  return turns.reduce<Usage | undefined>(
    (sum, { usage }) => (usage === undefined ? sum : addUsage(sum, usage)),
    undefined,
  );
}
