import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { type AgentSession, agentSession } from "../support/agent-session.ts";

const said = (role: string, text: string, time = "2026-02-10T12:00:00Z"): string =>
  `${JSON.stringify({ type: role, timestamp: time, message: { role, content: [{ type: "text", text }] } })}\n`;

interface Answer {
  readonly more: boolean;
  readonly hits: readonly {
    readonly conversation_id: string;
    readonly agent: string;
    readonly time: string;
    readonly speaker: string;
    readonly place: number;
    readonly excerpt: string;
  }[];
}

const excerpts = async (session: AgentSession, ...words: string[]): Promise<string[]> =>
  (await session.json<Answer>(["search", ...words])).hits.map(({ excerpt }) => excerpt);

/** Brings what an agent's transcript has gained into the store, as its next event does. */
const keep = (session: AgentSession): Promise<unknown> =>
  session.hook({ hook_event_name: "UserPromptSubmit", prompt: "x" });

function projectDirectory({ home }: AgentSession): string {
  const projects = join(home, ".agent-trace/projects");
  return join(projects, readdirSync(projects)[0] ?? "");
}

describe("search", () => {
  test("finds what was said, the newest first, with who said it and when", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "write a parser", "2026-02-10T12:00:00Z"));
    appendFileSync(
      session.transcript,
      said("assistant", "the Parser is here", "2026-02-10T12:01:00Z"),
    );
    await session.write("a.ts", "one\n");
    const id = conversationIdOf(session.transcript);
    const common = { conversation_id: id, agent: "claude-code" };
    expect(await session.json<object>(["search", "parser"])).toEqual({
      schema: "agent-trace.search/1",
      ok: true,
      query: "parser",
      hits: [
        {
          ...common,
          time: "2026-02-10T12:01:00.000Z",
          speaker: "assistant",
          place: 1,
          excerpt: "the Parser is here",
        },
        {
          ...common,
          time: "2026-02-10T12:00:00.000Z",
          speaker: "user",
          place: 0,
          excerpt: "write a parser",
        },
      ],
      more: false,
    });
    expect((await session.run(["search", "parser"])).stdout).toBe(
      `claude-code  2026-02-10T12:01:00.000Z  ${id}\n  assistant: the Parser is here\n  user: write a parser\n`,
    );
  });

  test("wants all words of one turn; words that the shell kept together stand together", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "a budget for retry"));
    appendFileSync(session.transcript, said("assistant", "the retry budget is spent"));
    await session.write("a.ts", "one\n");
    expect(await excerpts(session, "retry", "budget")).toHaveLength(2);
    expect(await excerpts(session, "retry budget")).toEqual(["the retry budget is spent"]);
    expect(await excerpts(session, "retry", "spent")).toEqual(["the retry budget is spent"]);
    expect(await excerpts(session, "bud*")).toHaveLength(2);
    expect(await excerpts(session, "bud")).toEqual([]);
    expect((await session.run(["search", "->"])).exitCode).toBe(2);
    const words = Array.from({ length: 101 }, (_, at) => `w${at}`);
    expect((await session.run(["search", ...words])).stderr).toContain("more than 100 words");
    expect((await session.run(["search", 'a AND (NOT "b OR'])).exitCode).toBe(0);
  });

  test("looks with one agent, from a time on, and behind one file alone", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "old words", "2026-01-01T00:00:00Z"));
    appendFileSync(session.transcript, said("user", "new words", "2026-02-01T00:00:00Z"));
    await session.write("src/a.ts", "one\n");
    expect(await excerpts(session, "words", "--since", "2026-01-15")).toEqual(["new words"]);
    expect(await excerpts(session, "words", "--agent", "claude-code")).toHaveLength(2);
    expect(await excerpts(session, "words", "--agent", "codex")).toEqual([]);
    expect(await excerpts(session, "words", "--file", "src/a.ts")).toHaveLength(2);
    expect(await excerpts(session, "words", "--file", "a.ts")).toEqual([]);
    const some = await session.json<Answer>(["search", "words", "-n", "1"]);
    expect(some).toMatchObject({ more: true, hits: [{ excerpt: "new words" }] });
  });

  test("masks secrets, and finds nothing by what is masked", async () => {
    using session = await agentSession();
    const key = "AKIAQ3EGRXZ7TLPW2M4N";
    appendFileSync(session.transcript, said("user", `deploy with ${key} please`));
    await session.write("a.ts", "one\n");
    const [excerpt] = await excerpts(session, "deploy");
    expect(excerpt).toMatch(/^deploy with \[redacted:[\w-]+\] please$/);
    expect(await excerpts(session, key)).toEqual([]);
    expect(await excerpts(session, "deploy", "AKIAQ*")).toEqual([]);
    expect(await excerpts(session, "deploy", "please")).toHaveLength(1);
  });

  test("prints no escape that was said", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "alert \u001B[31mred\u202E \u0007"));
    await session.write("a.ts", "one\n");
    const { stdout } = await session.run(["search", "alert"]);
    expect(stdout).toEndWith("  user: alert \\x1b[31mred\\u202e \\x07\n");
    const { stdout: json } = await session.run(["search", "alert", "--json"]);
    for (const sign of ["\u0007", "\u001B", "\u202E"]) expect(json).not.toContain(sign);
  });

  test("reads only what is new, and all of a transcript that was written anew", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "first words"));
    await session.write("a.ts", "one\n");
    expect(await excerpts(session, "words")).toEqual(["first words"]);
    appendFileSync(session.transcript, said("user", "second words", "2026-02-11T00:00:00Z"));
    await keep(session);
    expect(await excerpts(session, "words")).toEqual(["second words", "first words"]);
    truncateSync(session.transcript);
    appendFileSync(session.transcript, said("user", "other words"));
    await session.hook({ hook_event_name: "SessionEnd" });
    expect(await excerpts(session, "words")).toEqual(["other words"]);
  });

  test("forgets a conversation that is kept no longer, and leaves no word of it on the disk", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "unforgettable words"));
    await session.write("a.ts", "one\n");
    expect(await excerpts(session, "words")).toHaveLength(1);
    const directory = projectDirectory(session);
    const database = join(directory, "search.db");
    const onDisk = (): boolean =>
      [database, `${database}-wal`].some(
        (path) => existsSync(path) && readFileSync(path).includes("unforgettable"),
      );
    expect(onDisk()).toBeTrue();
    rmSync(join(directory, "conversations"), { recursive: true });
    expect(await excerpts(session, "words")).toEqual([]);
    expect(onDisk()).toBeFalse();
  });

  test("makes its index anew where that is damaged, and hooks make none", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "some words"));
    await session.write("a.ts", "one\n");
    await session.commit();
    const database = join(projectDirectory(session), "search.db");
    expect(existsSync(database)).toBeFalse();
    writeFileSync(database, "no database at all".repeat(1000));
    expect(await excerpts(session, "words")).toEqual(["some words"]);
    expect(await excerpts(session, "words")).toEqual(["some words"]);
  });

  test("finds words of scripts without blanks, and without their accents", async () => {
    using session = await agentSession();
    appendFileSync(session.transcript, said("user", "请重写解析器"));
    appendFileSync(session.transcript, said("user", "le café est fermé"));
    appendFileSync(session.transcript, said("user", "call parse_config(x)"));
    await session.write("a.ts", "one\n");
    expect(await excerpts(session, "解析器")).toEqual(["请重写解析器"]);
    expect(await excerpts(session, "解器")).toEqual([]);
    expect(await excerpts(session, "CAFE")).toEqual(["le café est fermé"]);
    expect(await excerpts(session, "parse_config")).toEqual(["call parse_config(x)"]);
  });
});
