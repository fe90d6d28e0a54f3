import { type Payload, asObject, nameField } from "../payload.ts";
import { type Turn, TurnList, idsOf, saidByPerson, textOf, usageOf } from "./turn.ts";

const tokens = {
  input: [
    "input_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "input",
    "cacheRead",
  ],
  output: ["output_tokens", "output"],
};

/**
 * Rows of which each holds a message with a role: Claude Code, Droid, Continue, Cursor and Pi keep theirs so. Rows of
 * another type are the client's own books, though some hold a message that looks like a person's.
 */
export function readMessageRows(rows: Iterable<Payload>): Turn[] {
  const list = new TurnList();
  const counted = new Set<string>();
  for (const row of rows) {
    const type = row["type"];
    const message = asObject(row["message"]) ?? row;
    const role = message["role"] ?? type;
    const isMessage = type === undefined || type === "message" || type === role;
    if (!isMessage || (role !== "user" && role !== "assistant")) continue;
    if (row["isMeta"] === true || row["isCompactSummary"] === true) continue;
    const { content } = message;
    const time = nameField(row, "timestamp") ?? nameField(message, "timestamp");
    if (role === "user") {
      list.say({ speaker: role, text: saidByPerson(textOf(content)), ...whenever("time", time) });
      continue;
    }
    // A message of several parts comes in several rows, each with the cost of the whole.
    const id = nameField(message, "id");
    const usage = asObject(message["usage"]);
    const isNew = id === undefined || !counted.has(id);
    if (id !== undefined) counted.add(id);
    const cost = asObject(usage?.["cost"])?.["total"];
    const spent = isNew ? usageOf(usage, tokens, cost) : undefined;
    const calls = [
      ...idsOf(content, "tool_use", "id"),
      ...idsOf(content, "toolCall", "id"),
      ...idsOf(content, "tool-call", "toolCallId"),
    ];
    list.say({
      speaker: role,
      text: textOf(content),
      ...whenever("time", time),
      ...whenever("model", nameField(message, "model")),
      ...(calls.length === 0 ? {} : { calls }),
      ...(spent === undefined ? {} : { usage: spent }),
    });
  }
  return list.end();
}

/** A field, where there is something to put in it. */
export function whenever<Name extends string>(
  name: Name,
  value: string | undefined,
): { [Key in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: string };
}
