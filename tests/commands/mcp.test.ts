import { expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { compiledProgram } from "../support/program.ts";

const main = join(import.meta.dir, "../../src/main.ts");
const key = "AKIAQ3EGRXZ7TLPW2M4N";

const said = (role: string, text: string): string =>
  `${JSON.stringify({ type: role, message: { role, content: [{ type: "text", text }] } })}\n`;

async function scene(): Promise<AgentSession> {
  const session = await agentSession();
  appendFileSync(session.transcript, said("user", `write a parser with ${key} \u001B[31m`));
  appendFileSync(session.transcript, said("assistant", "here it is"));
  await session.write("src/a.ts", "one\ntwo\n");
  await session.commit();
  return session;
}

interface Told {
  readonly text: string;
  readonly isError: boolean;
}

/** A real client of the protocol, beside the program as an agent starts it. */
async function connect(session: AgentSession, program: readonly string[]) {
  const [command = "", ...words] = program;
  const client = new Client({ name: "a-test", version: "1" });
  const env = { PATH: process.env["PATH"] ?? "", HOME: session.home };
  const place = { command, args: [...words, "mcp"], cwd: session.repo.path, env };
  await client.connect(new StdioClientTransport(place));
  return {
    client,
    async ask(name: string, input: Record<string, unknown>): Promise<Told> {
      const answer = await client.callTool({ name, arguments: input });
      const [first] = answer.content as { text: string }[];
      return { text: first?.text ?? "", isError: answer.isError === true };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

test("a client of the protocol finds three tools that only read, and is answered as a person is", async () => {
  using session = await scene();
  await using agent = await connect(session, [process.execPath, main]);
  const { tools } = await agent.client.listTools();
  expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
    ["blame", true],
    ["context", true],
    ["search", true],
  ]);
  expect(agent.client.getServerVersion()?.name).toBe("agent-trace");
  expect(await agent.ask("blame", { file: "src/a.ts" })).toEqual({
    text: expect.stringMatching(
      /^ 1-2 {3}\[AI\] {2}anthropic\/claude-sonnet-4-5 {2}claude-code.*\n2 of 2 lines AI, 0 without/,
    ),
    isError: false,
  });
  const context = await agent.ask("context", { file: "src/a.ts", lines: "1" });
  expect(context.text).toContain("user: write a parser with [redacted:");
  const full = await agent.ask("context", {
    file: join(session.repo.path, "src/a.ts"),
    full: true,
  });
  expect(full.text).toContain("here it is");
  const found = await agent.ask("search", { text: "parser", file: "src/a.ts", limit: 1 });
  expect(found.text).toContain("user: write a parser with [redacted:");
  // oxlint-disable-next-line no-control-regex
  for (const { text } of [context, full, found]) expect(text).not.toMatch(/AKIAQ|\u001B/);
});

test("what a model asks wrongly is told to the model, with what to do", async () => {
  using session = await scene();
  await using agent = await connect(session, [process.execPath, main]);
  const asked: [string, Record<string, unknown>, string][] = [
    ["blame", {}, "`file` is missing"],
    ["blame", { file: "nothing.ts" }, "nothing.ts"],
    ["blame", { file: "../../etc/passwd" }, "passwd"],
    ["context", { file: "src/a.ts", lines: "9-3" }, "names no lines"],
    ["context", { file: "src/a.ts", full: "yes" }, "`full` must be true or false"],
    ["search", { text: "parser", since: "soon" }, "no ISO-8601 time"],
    ["search", { text: "parser", limit: 0 }, "`limit` must be a number"],
    ["search", { text: "--" }, "no word to look for"],
  ];
  for (const [name, input, told] of asked) {
    const { text, isError } = await agent.ask(name, input);
    expect([name, isError, text]).toEqual([name, true, expect.stringContaining(told)]);
  }
  expect(agent.client.callTool({ name: "write", arguments: {} })).rejects.toThrow("-32602");
  await agent.client.ping();
});

test("a directory that is not set up is said at the first question, and the server stays", async () => {
  using session = await agentSession();
  await using agent = await connect({ ...session, repo: { ...session.repo, path: session.home } }, [
    process.execPath,
    main,
  ]);
  const { text, isError } = await agent.ask("search", { text: "x" });
  expect([isError, text]).toEqual([true, expect.stringContaining("not in a git repository")]);
  await agent.client.ping();
});

test("the compiled program answers, too", async () => {
  using session = await scene();
  await using agent = await connect(session, [compiledProgram()]);
  expect((await agent.ask("search", { text: "parser" })).isError).toBeFalse();
});

test("a signal ends it while it waits", async () => {
  using session = await scene();
  const child = Bun.spawn([process.execPath, main, "mcp"], {
    cwd: session.repo.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: session.home },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  await child.stdin.flush();
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
});

test("the pipe's end ends it, when all that was asked is answered", async () => {
  using session = await scene();
  const ask = (id: number, name: string, input: object): string =>
    `${JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: input } })}\n`;
  const stdin = ask(1, "search", { text: "parser" }) + ask(2, "blame", { file: "src/a.ts" });
  const { exitCode, stdout, stderr } = await session.run(["mcp"], { stdin: stdin.trimEnd() });
  const ids = stdout
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { id: number }).id);
  expect({ exitCode, stderr, ids: ids.toSorted() }).toEqual({
    exitCode: 0,
    stderr: "",
    ids: [1, 2],
  });
});
