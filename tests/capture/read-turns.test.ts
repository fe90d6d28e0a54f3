import { describe, expect, test } from "bun:test";
import { type Turn, parseTurns } from "../../src/capture/read-turns.ts";
import { usageOfAll } from "../../src/capture/turns/turn.ts";

const jsonl = (...rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const text = (value: string): object[] => [{ type: "text", text: value }];
const time = "2026-11-25T04:00:00.000Z";

/** A person asks, the assistant answers with one call, in each agent's own form. */
const asked: readonly Turn[] = [
  { speaker: "user", text: "add a test", time },
  {
    speaker: "assistant",
    text: "Here it is.",
    time,
    model: "m-1",
    calls: ["call-1"],
    usage: { inputTokens: 10, outputTokens: 2 },
  },
];

const transcripts: Readonly<Record<string, string>> = {
  "Claude Code": jsonl(
    { type: "user", timestamp: time, message: { role: "user", content: "add a test" } },
    {
      type: "assistant",
      timestamp: time,
      message: {
        id: "a",
        role: "assistant",
        model: "m-1",
        content: text("Here it is."),
        usage: { input_tokens: 10, output_tokens: 2 },
      },
    },
    {
      type: "assistant",
      timestamp: time,
      message: {
        id: "a",
        role: "assistant",
        model: "m-1",
        content: [{ type: "tool_use", id: "call-1" }],
        usage: { input_tokens: 10, output_tokens: 2 },
      },
    },
  ),
  Codex: jsonl(
    { timestamp: time, type: "session_meta", payload: { id: "s" } },
    { timestamp: time, type: "turn_context", payload: { model: "m-1" } },
    {
      timestamp: time,
      type: "response_item",
      payload: {
        type: "message",
        role: "developer",
        content: [{ type: "input_text", text: "rules" }],
      },
    },
    {
      timestamp: time,
      type: "response_item",
      payload: {
        type: "message",
        role: "user",
        content: [{ type: "input_text", text: "add a test" }],
      },
    },
    {
      timestamp: time,
      type: "response_item",
      payload: {
        type: "message",
        role: "assistant",
        content: [{ type: "output_text", text: "Here it is." }],
      },
    },
    {
      timestamp: time,
      type: "response_item",
      payload: { type: "custom_tool_call", call_id: "call-1" },
    },
    {
      timestamp: time,
      type: "event_msg",
      payload: {
        type: "token_count",
        info: { last_token_usage: { input_tokens: 10, output_tokens: 2 } },
      },
    },
  ),
  "Gemini CLI": jsonl(
    { sessionId: "s", projectHash: "h" },
    {
      $set: {
        messages: [
          {
            id: "0",
            timestamp: time,
            type: "user",
            content: [{ text: "<session_context>all of it</session_context>" }],
          },
        ],
      },
    },
    { id: "1", timestamp: time, type: "user", content: [{ text: "add a test" }] },
    { id: "2", timestamp: time, type: "gemini", content: "Here", model: "m-1" },
    {
      id: "2",
      timestamp: time,
      type: "gemini",
      content: "Here it is.",
      model: "m-1",
      toolCalls: [{ id: "call-1" }],
      tokens: { input: 10, output: 2 },
    },
  ),
  Pi: jsonl(
    { type: "session", id: "s", timestamp: time },
    { type: "message", timestamp: time, message: { role: "user", content: text("add a test") } },
    {
      type: "message",
      timestamp: time,
      message: {
        role: "assistant",
        model: "m-1",
        content: [...text("Here it is."), { type: "toolCall", id: "call-1" }],
        usage: { input: 10, output: 2, cacheRead: 0 },
      },
    },
    { type: "message", timestamp: time, message: { role: "toolResult", content: text("done") } },
  ),
  OpenCode: jsonl(
    { type: "opencode", at: time, id: "m0", role: "user" },
    { type: "opencode", at: time, message: "m0", text: "add a test" },
    { type: "opencode", at: time, message: "m1", text: "Here it is." },
    { type: "opencode", at: time, message: "m1", tool: "edit", callID: "call-1" },
    {
      type: "opencode",
      at: time,
      id: "m1",
      role: "assistant",
      modelID: "m-1",
      tokens: { input: 10, output: 2 },
    },
  ),
};

describe("the turns of a transcript", () => {
  test.each(Object.entries(transcripts))("of %s", (_, transcript) => {
    expect(parseTurns(transcript)).toEqual([...asked]);
  });

  test("of Copilot CLI, which does not tell what they cost", () => {
    const turns = parseTurns(
      jsonl(
        { type: "session.start", data: { sessionId: "s" } },
        { type: "user.message", timestamp: time, data: { content: "add a test" } },
        { type: "system.message", timestamp: time, data: { content: "be kind" } },
        {
          type: "assistant.message",
          timestamp: time,
          data: { model: "m-1", content: "Here it is.", toolRequests: [{ toolCallId: "call-1" }] },
        },
      ),
    );
    const [question, answer] = asked;
    const { usage: _, ...free } = answer as Turn;
    expect(turns).toEqual([question as Turn, free]);
  });

  test("of one document with a list of messages", () => {
    const messages = [
      { id: "1", type: "user", content: "hello" },
      { id: "2", type: "gemini", content: "hi" },
    ];
    const document = JSON.stringify({ sessionId: "s", projectHash: "h", messages }, undefined, 2);
    expect(parseTurns(document).map((turn) => turn.text)).toEqual(["hello", "hi"]);
  });

  test.each([
    [
      "the client's books, though a person seems to speak in them",
      { type: "api-request-blob", message: { role: "user", content: "Tool loaded." } },
    ],
    [
      "what the client adds for itself",
      { type: "user", isMeta: true, message: { role: "user", content: "caveat" } },
    ],
    [
      "a reminder of the system",
      {
        type: "user",
        message: { role: "user", content: "<system-reminder>be kind</system-reminder>" },
      },
    ],
    [
      "the end of a task in the background",
      {
        type: "user",
        message: { role: "user", content: "<task-notification>\ndone\n</task-notification>" },
      },
    ],
    [
      "the result of a tool",
      {
        type: "user",
        message: { role: "user", content: [{ type: "tool_result", content: "ok" }] },
      },
    ],
  ])("leave out %s", (_, row) => {
    expect(parseTurns(jsonl(row) + transcripts["Claude Code"])).toEqual([...asked]);
  });

  test("keep a person's words beside what a program put into them", () => {
    const content = "<system-reminder>be kind</system-reminder>\nadd a test";
    expect(parseTurns(jsonl({ type: "user", message: { role: "user", content } }))).toEqual([
      { speaker: "user", text: "add a test" },
    ]);
  });

  test.each(["", "plain words\n", "{}", "[1,2]", "\u0000\u0000", '{"a":1}\n{"b":', "null\n"])(
    "of %j are none",
    (transcript) => {
      expect(parseTurns(transcript)).toEqual([]);
    },
  );

  test("pass torn and odd rows over", () => {
    const odd =
      '{"type":"user","message":7}\n{"type":"assistant","message":{"content":[null,3]}}\n{"type":"us';
    expect(parseTurns(transcripts["Claude Code"] + odd)).toEqual([...asked]);
  });

  test("add up to what the conversation cost", () => {
    expect(usageOfAll(asked)).toEqual({ inputTokens: 10, outputTokens: 2 });
  });
});

test("a hundred thousand blocks that are never closed are no more than text", () => {
  const content = "<system-reminder>".repeat(100_000);
  const turns = parseTurns(jsonl({ type: "user", message: { role: "user", content } }));
  expect(turns.map((turn) => turn.text.length)).toEqual([content.length]);
});
