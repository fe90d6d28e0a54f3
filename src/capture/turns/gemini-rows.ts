import { type Payload, asObject, nameField } from "../payload.ts";
import { whenever } from "./message-rows.ts";
import { type Turn, TurnList, saidByPerson, textOf, usageOf } from "./turn.ts";

const tokens = { input: ["input"], output: ["output", "thoughts"] };

/** Gemini CLI keeps a log of changes: a message that is written again under its id replaces the one before. */
export function readGeminiRows(rows: Iterable<Payload>): Turn[] {
  const messages = new Map<string, Payload>();
  const put = (message: Payload | undefined): void => {
    if (message === undefined || typeof message["type"] !== "string") return;
    messages.set(nameField(message, "id") ?? `#${messages.size}`, message);
  };
  for (const row of rows) {
    const set = asObject(row["$set"]) ?? row;
    const list = set["messages"];
    if (Array.isArray(list)) for (const message of list) put(asObject(message));
    else put(row);
  }
  const list = new TurnList();
  for (const message of messages.values()) {
    const time = nameField(message, "timestamp");
    if (message["type"] === "user") {
      const text = saidByPerson(textOf(message["content"]));
      list.say({ speaker: "user", text, ...whenever("time", time) });
    }
    if (message["type"] !== "gemini") continue;
    const made = message["toolCalls"];
    const calls = Array.isArray(made)
      ? made.flatMap((call) => nameField(asObject(call), "id") ?? [])
      : [];
    const usage = usageOf(asObject(message["tokens"]), tokens);
    list.say({
      speaker: "assistant",
      text: textOf(message["content"]),
      ...whenever("time", time),
      ...whenever("model", nameField(message, "model")),
      ...(calls.length === 0 ? {} : { calls }),
      ...(usage === undefined ? {} : { usage }),
    });
  }
  return list.end();
}
