import { type Payload, asObject, nameField } from "../payload.ts";
import { whenever } from "./message-rows.ts";
import { type Turn, TurnList, saidByPerson, textOf, usageOf } from "./turn.ts";

const tokens = { input: ["input_tokens"], output: ["output_tokens"] };

/** Codex' rollouts: rows `{timestamp, type, payload}`. */
export function readCodexRows(rows: Iterable<Payload>): Turn[] {
  const list = new TurnList();
  let model: string | undefined;
  for (const row of rows) {
    const payload = asObject(row["payload"]);
    if (payload === undefined) continue;
    if (row["type"] === "turn_context") model = nameField(payload, "model") ?? model;
    const time = nameField(row, "timestamp");
    const kind = payload["type"];
    if (row["type"] === "event_msg") {
      const item = asObject(payload["item"]);
      // A patch that was found in a command, or run from code, has an identity of its own.
      const id = item?.["type"] === "FileChange" ? nameField(item, "id") : undefined;
      const spent = asObject(asObject(payload["info"])?.["last_token_usage"]);
      list.note(id === undefined ? [] : [id], usageOf(spent, tokens));
    }
    if (row["type"] !== "response_item") continue;
    const role = payload["role"];
    if (kind === "message" && role === "user") {
      const text = saidByPerson(textOf(payload["content"], "input_text", "text"));
      list.say({ speaker: "user", text, ...whenever("time", time) });
    } else if (kind === "message" && role === "assistant") {
      const text = textOf(payload["content"], "output_text", "text");
      list.say({
        speaker: "assistant",
        text,
        ...whenever("time", time),
        ...whenever("model", model),
      });
    } else {
      const id = String(kind).endsWith("_call") ? nameField(payload, "call_id", "id") : undefined;
      list.note(id === undefined ? [] : [id]);
    }
  }
  return list.end();
}
