import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { type FakeProgram, fakeProgram } from "../support/summariser.ts";
import { compiledProgram } from "../support/program.ts";
import { untilWritten } from "../support/until-written.ts";

const key = "AKIAQ3EGRXZ7TLPW2M4N";
const said = (role: string, text: string): string =>
  `${JSON.stringify({ type: role, message: { role, content: [{ type: "text", text }] } })}\n`;

async function scene(): Promise<AgentSession> {
  const session = await agentSession();
  appendFileSync(session.transcript, said("user", `write a parser with ${key}`));
  await session.write("a.ts", "one\n");
  await session.commit();
  return session;
}

const program = compiledProgram();

function storeOf({ home }: AgentSession): string {
  const projects = join(home, ".agent-trace/projects");
  return join(projects, readdirSync(projects)[0] ?? "");
}

/** Types a command where the fake programs are on PATH. */
function typing(session: AgentSession, ...fakes: FakeProgram[]) {
  const PATH = [...fakes.map(({ directory }) => directory), process.env["PATH"]].join(":");
  const environment = { PATH, CLAUDECODE: "1", CLAUDE_PROJECT_DIR: "/x" };
  return (...argv: string[]) => session.run(argv, { program, environment });
}

describe("summary", () => {
  test("is made by a preset of what was said, with secrets masked, and shown by context and show", async () => {
    using session = await scene();
    using claude = fakeProgram("claude", `echo "  A parser was wanted, ${key}.  "`);
    const type = typing(session, claude);
    expect((await type("summary", "use", "claude-summary", "--model", "haiku")).exitCode).toBe(0);
    const id = conversationIdOf(session.transcript);
    const made = await type("summary", "generate", "--conversation", id.slice(0, 12));
    expect(made).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^A parser was wanted, \[redacted:[\w-]+\]\.\n$/),
      stderr: "Summarising\n",
    });
    expect(claude.words()).toBe("claude -p --tools= --strict-mcp-config --model haiku\n");
    expect(claude.stdin()).toContain("user: write a parser with [redacted:");
    expect(claude.stdin()).not.toContain(key);
    expect(claude.environment()).toContain("AGENT_TRACE_SUMMARY=1\n");
    expect(claude.environment()).not.toMatch(/CLAUDECODE|CLAUDE_PROJECT_DIR/);
    const rows = readFileSync(join(storeOf(session), "session-summaries.jsonl"), "utf8");
    expect(
      rows
        .trim()
        .split("\n")
        .map((row) => JSON.parse(row) as unknown),
    ).toEqual([
      {
        conversation_id: id,
        summary: made.stdout.trim(),
        created_at: expect.stringMatching(/^\d{4}-.*\+00:00$/),
        session_id: "s",
      },
    ]);
    expect((await type("context", "a.ts")).stdout).toContain(`  ${made.stdout}`);
    expect((await type("summary", "show")).stdout).toEndWith(`\n${made.stdout}`);
    const theirs = {
      conversation_id: id,
      summary: `theirs ${key}`,
      created_at: "2999-01-01T00:00:00Z",
    };
    appendFileSync(
      join(storeOf(session), "session-summaries.jsonl"),
      `${JSON.stringify(theirs)}\n`,
    );
    const shown = await session.json<{ summaries: object[] }>(["summary", "show", "HEAD"]);
    expect(shown.summaries).toEqual([
      { conversation_id: id, summary: expect.stringMatching(/^theirs \[redacted:[\w-]+\]$/) },
    ]);
  });

  test("is off until asked for, and cannot be switched on without a command", async () => {
    using session = await scene();
    const type = typing(session);
    const refused = await type("summary", "enable");
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining("summary use <preset>"),
    ]);
    expect((await type("summary", "generate", "--session-id", "s")).stderr).toContain(
      "no summariser",
    );
    expect((await type("summary", "use", "nobody")).stderr).toContain("ollama-summary");
    expect((await type("summary", "use", "claude-summary", "--model", "a b")).exitCode).toBe(2);
    expect((await type("summary", "generate")).exitCode).toBe(2);
    expect((await type("summary", "enable", "--command", "cat 'x")).stderr).toContain(
      "never closed",
    );
    const early = await type("config", "set", "summary.enabled", "true");
    expect([early.exitCode, early.stderr]).toEqual([
      0,
      expect.stringContaining("no command is set"),
    ]);
    expect((await type("config", "set", "summary.command", 'cat "x')).exitCode).toBe(2);
    await type("summary", "enable", "--command", "sh -c 'wc -c'");
    await type("config", "set", "summary.timeout-seconds", "7");
    await type("summary", "disable");
    const set = await session.json<{ settings: { name: string; value: unknown }[] }>([
      "config",
      "show",
    ]);
    expect(set.settings.filter(({ name }) => name.startsWith("summary."))).toMatchObject([
      { name: "summary.enabled", value: false },
      { name: "summary.command", value: "sh -c 'wc -c'" },
      { name: "summary.timeout-seconds", value: 7 },
    ]);
  });

  test("by a command of one's own gets the transcript itself, masked; no shell reads the command", async () => {
    using session = await scene();
    using own = fakeProgram("own", 'echo "$1"');
    const type = typing(session, own);
    await type("summary", "enable", "--command", `own "one; touch pwned" '$HOME'`);
    const made = await type("summary", "generate", "--session-id", "s");
    expect(made.stdout).toBe("one; touch pwned\n");
    expect(own.words()).toBe("own one; touch pwned $HOME\n");
    expect(own.stdin().split("\n")[1]).toStartWith('{"type":"user","message":{"role":"user"');
    expect(own.stdin()).not.toContain(key);
    expect(existsSync(join(session.repo.path, "pwned"))).toBeFalse();
  });

  test.each([
    ["ends with an error", "echo 'no model' >&2; exit 3", "`own` ended with 3: no model"],
    ["prints nothing", "true", "`own` printed nothing"],
    ["prints too much", "head -c 2000000 /dev/zero | tr '\\0' x", "`own` printed more than 1 MiB"],
    ["prints no summary", "head -c 100000 /dev/zero | tr '\\0' x", "more than 64 KiB"],
  ])("of a command that %s is none", async (_, shell, told) => {
    using session = await scene();
    using own = fakeProgram("own", shell);
    const type = typing(session, own);
    await type("summary", "enable", "--command", "own");
    const made = await type("summary", "generate", "--session-id", "s");
    expect([made.exitCode, made.stderr]).toEqual([1, expect.stringContaining(told)]);
    expect(existsSync(join(storeOf(session), "session-summaries.jsonl"))).toBeFalse();
    await type("summary", "enable", "--command", "nobody-has-this");
    expect((await type("summary", "generate", "--session-id", "s")).stderr).toContain("ENOENT");
  });

  test("stops a command whose time is up, with all that it started", async () => {
    using session = await scene();
    using own = fakeProgram("own", 'sleep 1000 & echo $! > "$HOME/child"; wait');
    const type = typing(session, own);
    await type("summary", "enable", "--command", "own");
    await type("config", "set", "summary.timeout-seconds", "0.5");
    const made = await type("summary", "generate", "--session-id", "s");
    expect(made.stderr).toContain("`own` was stopped after 0.5 s");
    const child = readFileSync(join(session.home, "child"), "utf8").trim();
    const stat = `/proc/${child}/stat`;
    // Killed, it may still wait for its parent to notice.
    expect(existsSync(stat) ? readFileSync(stat, "utf8").split(" ")[2] : "Z").toBe("Z");
  });

  test.each([
    ["claude", "claude -p --tools= --strict-mcp-config"],
    ["cursor-agent", "cursor-agent -p --trust --mode ask"],
    [
      "codex",
      "codex exec --skip-git-repo-check --sandbox read-only -c features.shell_tool=false -",
    ],
    ["gemini", "gemini"],
  ])(
    "by %s leaves a hostile conversation no tools, and no file of ours beside them",
    async (name, words) => {
      using session = await scene();
      using agent = fakeProgram(name, "pwd; ls -A");
      const type = typing(session, agent);
      await type("summary", "use", `${name.replace("-agent", "")}-summary`);
      const made = await type("summary", "generate", "--session-id", "s");
      expect(agent.words().trim()).toBe(words);
      expect(made.stdout).toBe(`${join(session.home, ".agent-trace/summariser")}\n`);
    },
  );

  test("by a local model fetches nothing that is not there", async () => {
    using session = await scene();
    using ollama = fakeProgram(
      "ollama",
      '[ "$1" = show ] && { echo "not found" >&2; exit 1; }; echo x',
    );
    const type = typing(session, ollama);
    await type("summary", "use", "ollama-summary");
    const made = await type("summary", "generate", "--session-id", "s");
    expect(made.stderr).toContain("not found");
    expect(ollama.words()).toBe("ollama show llama3.2:3b\n");
  });
});

/** A summariser that says over TCP that it is at work, and goes on when it is told to. */
function waitingSummariser() {
  const started = Promise.withResolvers<{ end(line: string): void }>();
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket) => started.resolve({ end: (line) => void socket.end(line) }) },
  });
  const own = fakeProgram(
    "own",
    `exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/${server.port}; echo at work >&3; read line <&3; echo "$line"'`,
  );
  return {
    own,
    started: started.promise,
    [Symbol.dispose]() {
      server.stop(true);
      own[Symbol.dispose]();
    },
  };
}

describe("the end of a session", () => {
  /** As an agent's hook, a process of its own. */
  function hook(session: AgentSession, path: string, more: object = {}): number {
    const payload = {
      session_id: "s",
      transcript_path: session.transcript,
      cwd: session.repo.path,
    };
    const { exitCode } = Bun.spawnSync([program, "record"], {
      env: { PATH: path, HOME: session.home, ...more },
      stdin: Buffer.from(
        JSON.stringify({ ...payload, hook_event_name: "SessionEnd", reason: "other" }),
      ),
    });
    return exitCode;
  }

  test("starts one summary, holds nobody up, and a second end of it starts none", async () => {
    using session = await scene();
    using waiting = waitingSummariser();
    const type = typing(session, waiting.own);
    const path = `${waiting.own.directory}:${process.env["PATH"]}`;
    await type("summary", "enable", "--command", "own");
    // The hook is back while the summariser has not even been answered.
    expect(hook(session, path)).toBe(0);
    const { end } = await waiting.started;
    const id = conversationIdOf(session.transcript);
    expect((await type("summary", "generate", "--conversation", id)).stderr).toContain(
      "is being made",
    );
    const second = await type("summary", "at-session-end", id);
    expect(second).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    end("a parser was wanted\n");
    const summaries = join(storeOf(session), "session-summaries.jsonl");
    const text = await untilWritten(summaries, (rows) => rows.endsWith("\n"));
    expect(JSON.parse(text)).toMatchObject({ summary: "a parser was wanted", session_id: "s" });
    // Nothing was said since.
    await type("summary", "at-session-end", id);
    expect(waiting.own.words()).toBe("own \n");
  });

  test("is told by doctor where its summariser fails, and starts nothing where none is wanted", async () => {
    using session = await scene();
    using own = fakeProgram("own", "exit 9");
    const type = typing(session, own);
    const path = `${own.directory}:${process.env["PATH"]}`;
    await type("summary", "enable", "--command", "own");
    expect(hook(session, path)).toBe(0);
    const errors = join(session.home, ".agent-trace/hook-errors.jsonl");
    const kept = await untilWritten(errors, (text) => text.includes('"summary"'));
    expect(JSON.parse(kept)).toMatchObject({ hook: "summary", reason: "`own` ended with 9" });
    const { findings } = JSON.parse((await type("doctor", "--offline", "--json")).stdout);
    const told = (findings as { message: string }[]).map(({ message }) => message).join("\n");
    expect(told).toContain("own` ended with 9");
    await type("summary", "enable", "--command", "nobody-has-this");
    expect((await type("doctor", "--offline")).stdout).toContain(
      "`nobody-has-this` is not on PATH",
    );
    await type("summary", "disable");
    await type("summary", "at-session-end", conversationIdOf(session.transcript));
    expect(own.words()).toBe("own \n");
  });

  test("of a summarising agent is neither recorded nor counted", async () => {
    using session = await scene();
    const before = readFileSync(join(session.home, ".agent-trace/hook-events.jsonl"), "utf8");
    expect(hook(session, process.env["PATH"] ?? "", { AGENT_TRACE_SUMMARY: "1" })).toBe(0);
    expect(readFileSync(join(session.home, ".agent-trace/hook-events.jsonl"), "utf8")).toBe(before);
    expect(hook(session, process.env["PATH"] ?? "")).toBe(0);
    expect(readFileSync(join(session.home, ".agent-trace/hook-events.jsonl"), "utf8")).not.toBe(
      before,
    );
  });
});
