import { type Payload, asObject, nameField, textField } from "../payload.ts";
import { whenever } from "./message-rows.ts";
import { type Turn, TurnList, saidByPerson, usageOf } from "./turn.ts";

const tokens = { input: ["input"], output: ["output", "reasoning"] };

/** What our plugin writes of an OpenCode session: a row for each message, for each text, and for each call that is over. */
export function readOpenCodeRows(rows: Iterable<Payload>): Turn[] {
  const all = [...rows];
  const messages = new Map(all.flatMap((row) => (row["role"] ? [[row["id"], row] as const] : [])));
  const list = new TurnList();
  for (const row of all) {
    const message = messages.get(row["message"] as string);
    const text = textField(row, "text");
    const call = nameField(row, "callID");
    if (call !== undefined) list.note([call]);
    if (row["role"] === "assistant") {
      list.note([], usageOf(asObject(row["tokens"]), tokens, row["cost"]));
    }
    if (text === undefined) continue;
    // The assistant's message is told when it is over, so behind its texts.
    const speaker = message?.["role"] === "user" ? "user" : "assistant";
    const said = speaker === "user" ? saidByPerson(text) : text.trim();
    const model = speaker === "user" ? undefined : nameField(message, "modelID");
    list.say({
      speaker,
      text: said,
      ...whenever("time", nameField(row, "at")),
      ...whenever("model", model),
    });
  }
  return list.end();
}
