import { expect, test } from "bun:test";
import { openConversationReader, parseConversation } from "../../src/capture/read-conversation.ts";

const line = (record: object): string => `${JSON.stringify(record)}\n`;
const said = (role: "user" | "assistant", content: unknown, more: object = {}): string =>
  line({ type: role, timestamp: "2026-02-10T12:00:00Z", message: { role, content }, ...more });
const call = (id: string) => ({ type: "tool_use", id, name: "Bash", input: { command: "ls" } });
const result = (id: string, content: string) =>
  said("user", [{ type: "tool_result", tool_use_id: id, content, is_error: id === "t2" }]);

const transcript = [
  said("user", "Look — around"),
  said("assistant", [{ type: "text", text: "Looking" }, call("t1")]),
  said("assistant", [call("t2")]),
  result("t1", "a.ts"),
  said("assistant", "Häßlich 🙂", { isSidechain: true }),
  "{torn\n",
  said("user", "And?"),
  result("t2", "late"),
  line({ type: "function_call", call_id: "t3", name: "shell", arguments: '{"command":"ls"}' }),
  line({ type: "function_call_output", call_id: "t3", output: "b.ts" }),
  said("assistant", "Done").trimEnd(),
].join("");

test("a transcript that comes in pieces is read as one that comes whole, wherever it is cut", () => {
  const whole = parseConversation(transcript);
  expect(whole.turns.map(({ speaker, parts }) => [speaker, parts.length])).toEqual([
    ["user", 1],
    ["assistant", 3],
    ["assistant", 1],
    ["user", 1],
    ["assistant", 2],
  ]);
  expect(whole.unreadable).toBe(1);
  for (const size of [1, 7, 64, 1000]) {
    const reader = openConversationReader();
    for (let at = 0; at < transcript.length; at += size) {
      reader.write(transcript.slice(at, at + size));
    }
    reader.end();
    expect(reader.conversation).toEqual(whole);
  }
});

test("a turn is there with its line, and what comes of it later is told as a change", () => {
  const reader = openConversationReader();
  const lines = transcript.split("\n").map((one) => `${one}\n`);
  for (const one of lines.slice(0, 3)) reader.write(one);
  const { turns } = reader.conversation;
  expect(turns.map(({ parts }) => parts.length)).toEqual([1, 3]);
  const before = reader.changed.length;
  for (const one of lines.slice(3, 8)) reader.write(one);
  // Both results belong to the agent's turn, though others have come in between.
  expect(reader.changed.slice(before)).toEqual([1, 1]);
  const outputs = turns[1]?.parts.map((part) => (part.kind === "tool" ? part.output : undefined));
  expect(outputs).toEqual([undefined, "a.ts", "late"]);
});

test("a message of a million pieces is read as any other", () => {
  const line = (content: object[]) =>
    `${JSON.stringify({ type: "assistant", message: { role: "assistant", content } })}\n`;
  const piece = { type: "text", text: "x" };
  const { turns } = parseConversation(line([piece]) + line(Array<object>(1_000_000).fill(piece)));
  expect(turns.map(({ parts }) => parts.length)).toEqual([1_000_001]);
});
