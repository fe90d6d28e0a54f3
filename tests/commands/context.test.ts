import { describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { conversationIdOf, sha256Hex } from "../../src/schema/digest.ts";
import { agentSession } from "../support/agent-session.ts";

const said = (role: string, text: string): string =>
  `${JSON.stringify({ type: role, message: { role, content: [{ type: "text", text }] } })}\n`;

interface Answer {
  readonly segments: readonly Record<string, unknown>[];
}

describe("context", () => {
  test("joins lines to the conversation from which they came", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "write a parser"));
    appendFileSync(session.transcript, said("assistant", "here it is"));
    await session.write("a.ts", "one\ntwo\n");
    session.type("a.ts", "one\ntwo\nmine\n");
    await session.commit();
    const text = await Bun.file(session.transcript).text();
    const ai = {
      start_line: 1,
      end_line: 2,
      attribution: "ai",
      model_id: "anthropic/claude-sonnet-4-5",
      tool: { name: "claude-code", version: "2.1.3" },
      trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      conversation_id: conversationIdOf(session.transcript),
      content_sha256: sha256Hex(text),
      summary: null,
      conversation_size: { bytes: text.length, characters: text.length, lines: 3, turns: 2 },
      preview: "user: write a parser\nassistant: here it is",
      query: null,
    };
    const none = {
      start_line: 3,
      end_line: 3,
      attribution: "no_attribution",
      model_id: null,
      tool: null,
      trace_id: null,
      conversation_id: null,
      content_sha256: null,
      summary: null,
      conversation_size: null,
      preview: null,
      query: null,
    };
    expect(await session.json<object>(["context", "a.ts"])).toEqual({
      schema: "agent-trace.context/1",
      ok: true,
      file: "a.ts",
      segments: [ai, none],
    });
    const full = await session.json<Answer>(["context", "a.ts", "--full", "-l", "2"]);
    expect(full.segments).toEqual([{ ...ai, start_line: 2, conversation_content: text }]);
    const queried = await session.json<Answer>(["context", "a.ts", "-q", "PARSER", "-l", "1"]);
    expect(queried.segments).toEqual([
      { ...ai, end_line: 1, preview: "user: write a parser", query: "PARSER" },
    ]);
  });

  test("shows what is said as text that moves no cursor", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "red \u001B[31malert"));
    await session.write("a.ts", "one\n");
    expect(await session.run(["context", "a.ts"])).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: expect.stringMatching(
        /^1 {2}anthropic\/claude-sonnet-4-5 {2}1 turn, \d+ B\n {2}user: red \\x1b\[31malert\n$/,
      ),
    });
  });

  test("tells each conversation once, with all the lines that came of it", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "write"));
    await session.write("a.ts", "one\ntwo\n");
    await session.edit("a.ts", "two\n", "two\nthree\n");
    session.type("a.ts", "one\ntwo\nthree\nmine\n");
    await session.edit("a.ts", "mine\n", "mine\nfour\n");
    await session.commit();
    expect((await session.run(["context", "a.ts"])).stdout).toMatch(
      /^1-3, 5 {2}anthropic\/claude-sonnet-4-5 {2}1 turn, \d+ B\n {2}user: write\n$/,
    );
  });

  test("shows whole turns at a terminal, and the transcript in a pipe", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "write a parser"));
    const long = `${"word ".repeat(30)}end\n    code \u001B[31m ${"x".repeat(90)}`;
    appendFileSync(session.transcript, said("assistant", long));
    await session.write("a.ts", "one\n");
    const terminal = { terminal: true, environment: { NO_COLOR: "1" } };
    const show = async (...argv: string[]) =>
      (await session.run(["context", "a.ts", ...argv], terminal)).stdout.split("\n").slice(1);
    expect(await show("--full")).toEqual([
      "",
      "user",
      "  write a parser",
      "",
      "assistant",
      `  ${"word ".repeat(15).trim()}`,
      `  ${"word ".repeat(15)}end`,
      `      code \\x1b[31m ${"x".repeat(90)}`,
      "",
    ]);
    expect(await show("--full", "-g", "PARSER")).toEqual(["", "user", "  write a parser", ""]);
    expect(await show("-g", "nobody said this")).toEqual(["  no turn matches", ""]);
    expect(await show("--full", "-g", "nobody said this")).toEqual(["  no turn matches", ""]);
    const [first] = (await Bun.file(session.transcript).text()).split("\n");
    expect((await show("--format=jsonl"))[0]).toBe(`  ${first}`);
    const { stdout } = await session.run(["context", "a.ts", "--full"]);
    expect(stdout.split("\n")[1]).toBe(`  ${first}`);
    expect((await session.run(["context", "a.ts", "--format=turns"])).stdout).toContain("\nuser\n");
  });

  test("hands out a transcript that is no text in base64", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, Uint8Array.of(0xff, 0xfe, 0x0a));
    await session.write("a.ts", "one\n");
    const bytes = await Bun.file(session.transcript).bytes();
    const { segments } = await session.json<Answer>(["context", "a.ts", "--full"]);
    expect(segments[0]?.["conversation_content_b64"]).toBe(Buffer.from(bytes).toString("base64"));
    expect(segments[0]?.["content_sha256"]).toBe(sha256Hex(bytes));
  });
});
