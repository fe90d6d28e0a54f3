import { type Payload, asObject, nameField, textField } from "../payload.ts";
import { whenever } from "./message-rows.ts";
import { type Turn, TurnList, saidByPerson } from "./turn.ts";

/** Copilot CLI's `events.jsonl`: rows `{type, data, timestamp}`. */
export function readCopilotRows(rows: Iterable<Payload>): Turn[] {
  const list = new TurnList();
  for (const row of rows) {
    const data = asObject(row["data"]);
    const time = nameField(row, "timestamp");
    const text = (textField(data, "content") ?? "").trim();
    if (row["type"] === "user.message") {
      list.say({ speaker: "user", text: saidByPerson(text), ...whenever("time", time) });
    }
    if (row["type"] !== "assistant.message") continue;
    const made = data?.["toolRequests"];
    const calls = Array.isArray(made)
      ? made.flatMap((call) => nameField(asObject(call), "toolCallId") ?? [])
      : [];
    list.say({
      speaker: "assistant",
      text,
      ...whenever("time", time),
      ...whenever("model", nameField(data, "model")),
      ...(calls.length === 0 ? {} : { calls }),
    });
  }
  return list.end();
}
