import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { type AgentSession, agentSession } from "../support/agent-session.ts";

const time = "2026-02-01T10:00:00.000Z";

function put(session: AgentSession, path: string, ...rows: readonly object[]): string {
  const file = join(session.home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return file;
}

/** Sessions that three agents kept of this repository, and one of another. */
function keepSessions(session: AgentSession): Record<string, string> {
  const { path } = session.repo;
  const project = `.claude/projects/${path.replaceAll(/[^A-Za-z0-9]/g, "-")}`;
  const said = {
    type: "user",
    timestamp: time,
    cwd: path,
    message: { role: "user", content: "hello" },
  };
  const edit = {
    type: "user",
    timestamp: time,
    toolUseResult: { filePath: join(path, "a.ts"), structuredPatch: [] },
  };
  const spoken = {
    type: "assistant",
    timestamp: time,
    message: { role: "assistant", model: "claude-opus-4-6", content: [] },
  };
  const change = {
    type: "FileChange",
    id: "c",
    changes: { [join(path, "a.ts")]: { type: "add" } },
  };
  const meta = (cwd: string): object => ({ type: "session_meta", payload: { cwd } });
  return {
    claude: put(session, `${project}/s1.jsonl`, said, spoken, edit),
    subagent: put(session, `${project}/s1/subagents/agent-a.jsonl`, said),
    codex: put(session, ".codex/sessions/2026/02/01/rollout-1.jsonl", meta(path), {
      timestamp: time,
      type: "event_msg",
      payload: { item: change },
    }),
    other: put(session, ".codex/sessions/2026/02/01/rollout-2.jsonl", meta("/elsewhere")),
  };
}

describe("import", () => {
  test("takes over the conversations of this repository, once, and makes no line an agent's", async () => {
    using session = await agentSession();
    session.repo.commit("before", { "a.ts": "one\ntwo\n" });
    const paths = keepSessions(session);
    const outcome = { exitCode: 0, stderr: "" };
    expect(await session.run(["import", "--sessions", "--dry-run"])).toEqual({
      ...outcome,
      stdout:
        "Claude Code: would take over 2 conversations of 2 sessions, 1 edited file\n" +
        "Codex: would take over 1 conversation of 1 session, 1 edited file\n",
    });
    expect(await session.run(["import", "--sessions"])).toEqual({
      ...outcome,
      stdout:
        "Claude Code: took over 2 conversations of 2 sessions, 1 edited file\n" +
        "Codex: took over 1 conversation of 1 session, 1 edited file\n",
    });
    expect((await session.run(["import", "--sessions"])).stdout).toBe(
      "Claude Code: took over 0 conversations of 2 sessions, 0 edited files\n" +
        "Codex: took over 0 conversations of 1 session, 0 edited files\n",
    );
    expect(await session.aiLines("a.ts")).toEqual([]);
    session.type("a.ts", "one\ntwo\nthree\n");
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([]);
    const home = join(session.home, ".agent-trace");
    const live = [...new Bun.Glob("projects/*/conversations/live/*.json").scanSync(home)];
    const kept = live.map((name) => name.split("/").at(-1)?.replace(".json", "")).toSorted();
    const { claude = "", subagent = "", codex = "" } = paths;
    expect(kept).toEqual([claude, subagent, codex].map(conversationIdOf).toSorted());
    const described = live.find((name) => name.includes(conversationIdOf(subagent))) ?? "";
    expect((await Bun.file(join(home, described)).json()).parent).toBe(conversationIdOf(claude));
  });

  test("takes over those of one agent, or since a time", async () => {
    using session = await agentSession();
    const { claude = "" } = keepSessions(session);
    expect((await session.run(["import", "--sessions", "--agent", "codex"])).stdout).toBe(
      "Codex: took over 1 conversation of 1 session, 1 edited file\n",
    );
    utimesSync(claude, new Date(0), new Date(0));
    const since = ["--agent", "claude", "--since", "2020-01-01"];
    expect((await session.run(["import", "--sessions", ...since])).stdout).toBe(
      "Claude Code: took over 1 conversation of 1 session, 0 edited files\n",
    );
  });

  test("takes over nothing that is no session", async () => {
    using session = await agentSession();
    const project = `.claude/projects/${session.repo.path.replaceAll(/[^A-Za-z0-9]/g, "-")}`;
    const secret = put(session, ".ssh/id.jsonl", { key: 1 });
    mkdirSync(join(session.home, project), { recursive: true });
    symlinkSync(secret, join(session.home, project, "s.jsonl"));
    symlinkSync(join(session.home, project), join(session.home, project, "round"));
    writeFileSync(join(session.home, project, "notes.jsonl"), "no json\n");
    expect((await session.run(["import", "--sessions"])).stdout).toBe(
      "no session of this repository was found\n",
    );
  });

  test.each([
    [[], "nothing to import was named", "add `--sessions`, or name a file of Agent Trace records"],
    [
      ["--sessions", "--agent", "amp"],
      "sessions of Amp cannot be found afterwards",
      "choose one of claude-code, codex, gemini-cli, copilot, droid, pi",
    ],
  ])("%j is refused with a hint", async (argv, message, hint) => {
    using session = await agentSession();
    expect(await session.run(["import", ...argv])).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `error: ${message}\nhint: ${hint}\n`,
    });
  });
});
