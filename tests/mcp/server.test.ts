import { expect, test } from "bun:test";
import { readMessages } from "../../src/mcp/read-messages.ts";
import { createServer } from "../../src/mcp/server.ts";

class Wrong extends Error {}

const failures: unknown[] = [];

function server(call: (signal: AbortSignal) => Promise<string> = async () => "told") {
  return createServer({
    name: "a",
    version: "1",
    instructions: "",
    tools: [
      {
        name: "tell",
        title: "",
        description: "",
        inputSchema: {},
        call: (_, signal) => call(signal),
      },
    ],
    refusal: (error) => (error instanceof Wrong ? error.message : undefined),
    onFailure: (error) => failures.push(error),
  });
}

const message = (method: string, params: unknown = {}, id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });
const call = message("tools/call", { name: "tell", arguments: {} });

const answer = async (text: string, one = server()): Promise<unknown> => {
  const told = await one.answer(text);
  return told === undefined ? undefined : JSON.parse(told);
};

test.each([
  ["no JSON", "{", { id: null, code: -32_700 }],
  ["no message", "1", { id: null, code: -32_600 }],
  ["no list of messages", "[]", { id: null, code: -32_600 }],
  ["another JSON-RPC", '{"id":1,"method":"ping"}', { id: null, code: -32_600 }],
  [
    "an id of another kind",
    '{"jsonrpc":"2.0","id":{},"method":"ping"}',
    { id: null, code: -32_600 },
  ],
  ["an unknown method", message("constructor"), { id: 1, code: -32_601 }],
  ["an unknown tool", message("tools/call", { name: "constructor" }), { id: 1, code: -32_602 }],
  [
    "a list as arguments",
    message("tools/call", { name: "tell", arguments: [] }),
    { id: 1, code: -32_602 },
  ],
])("%s is refused", async (_, text, { id, code }) => {
  expect(await answer(text)).toEqual({
    jsonrpc: "2.0",
    id,
    error: { code, message: expect.any(String) },
  });
});

test.each([
  ["2024-11-05", "2024-11-05"],
  ["2025-06-18", "2025-06-18"],
  ["1999-01-01", "2025-11-25"],
  [undefined, "2025-11-25"],
])("a client of revision %s is offered %s", async (asked, offered) => {
  const told = await answer(message("initialize", { protocolVersion: asked }));
  expect(told).toMatchObject({
    id: 1,
    result: { protocolVersion: offered, capabilities: { tools: {} } },
  });
});

test("notifications and answers to nothing are not answered; several messages are answered together", async () => {
  expect(await answer('{"jsonrpc":"2.0","method":"notifications/initialized"}')).toBeUndefined();
  expect(await answer('{"jsonrpc":"2.0","id":1,"result":{}}')).toBeUndefined();
  expect(
    await answer(`[${message("ping")},{"jsonrpc":"2.0","method":"x"},${message("ping", {}, "b")}]`),
  ).toEqual([
    { jsonrpc: "2.0", id: 1, result: {} },
    { jsonrpc: "2.0", id: "b", result: {} },
  ]);
});

test("a refusal is a tool's answer, and a bug is told without its words", async () => {
  const refused = await answer(
    call,
    server(() => Promise.reject(new Wrong("write it so"))),
  );
  expect(refused).toMatchObject({
    result: { isError: true, content: [{ type: "text", text: "write it so" }] },
  });
  const bug = new Error("a secret of ours");
  expect(
    await answer(
      call,
      server(() => Promise.reject(bug)),
    ),
  ).toEqual({
    jsonrpc: "2.0",
    id: 1,
    error: { code: -32_603, message: "a bug in the server" },
  });
  expect(failures).toEqual([bug]);
});

test("a call that is cancelled is stopped and not answered, and others go on", async () => {
  const stopped = Promise.withResolvers<string>();
  const one = server((signal) => {
    signal.addEventListener("abort", () => stopped.reject(new Wrong("stopped")));
    return stopped.promise;
  });
  const pending = one.answer(call);
  expect(await answer(message("ping", {}, 2), one)).toMatchObject({ id: 2 });
  await one.answer('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}');
  expect(await pending).toBeUndefined();
});

test("messages are lines, however they come; one that is too long is passed over", async () => {
  const long = "x".repeat(5 * 1024 * 1024);
  const bytes = new TextEncoder().encode(`{"a":"ü"}\n\n${long}\nlast`);
  async function* chunks() {
    for (let at = 0; at < 20; at++) yield bytes.subarray(at, at + 1);
    for (let at = 20; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
  }
  expect(await Array.fromAsync(readMessages(chunks()))).toEqual(['{"a":"ü"}', undefined, "last"]);
});
