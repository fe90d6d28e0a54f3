import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type AgentSession, agentSession } from "../../support/agent-session.ts";
import { payload } from "../../support/fixtures.ts";

/** Sends one event that names a transcript; gives what is kept of any transcript, and what the journal says. */
async function keptOf(
  session: AgentSession,
  transcript_path: string,
  times = 1,
): Promise<{ kept: string[]; told: string[] }> {
  for (let time = 0; time < times; time++) {
    const stdin = payload("claude-code/stop", { transcript_path, cwd: session.repo.path });
    expect(await session.run(["record"], { stdin })).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
  }
  const home = join(session.home, ".agent-trace");
  const live = [...new Bun.Glob("projects/*/conversations/live/*").scanSync(home)];
  const kept = live.filter((name) => /[0-9a-f]{64}$/.test(name));
  const texts = kept.map((name) => readFileSync(join(home, name), "utf8"));
  const journal = readdirSync(home).includes("hook-errors.jsonl")
    ? readFileSync(join(home, "hook-errors.jsonl"), "utf8").trim().split("\n")
    : [];
  const told = journal.map((line) => (JSON.parse(line) as { reason: string }).reason);
  return { kept: texts.filter((text) => text !== ""), told };
}

function put(session: AgentSession, path: string, text: string): string {
  const file = join(session.home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe("what a payload calls a transcript is kept", () => {
  test("where the agent keeps its transcripts (control)", async () => {
    using session = await agentSession();
    const path = put(session, ".claude/projects/p/s.jsonl", ' \n{"type":"user"}\n');
    expect(await keptOf(session, path)).toEqual({ kept: [' \n{"type":"user"}\n'], told: [] });
  });

  test.each([
    [".ssh/id_rsa", "-----BEGIN KEY-----", "it stands where this agent keeps none"],
    [".claude/.ssh/id", "{}", "it is where secrets are"],
    [".claude/../.aws/credentials", "[default]", "it stands where this agent keeps none"],
    [".claude/notes.md", "# mine\n", "it does not hold JSON"],
    [".agent-trace/.claude/config.json", "{}", "it is data of agent-trace itself"],
  ])("and never %s, which is told once", async (name, text, reason) => {
    using session = await agentSession();
    const path = put(session, name, text);
    expect(await keptOf(session, path, 3)).toEqual({ kept: [], told: [`transcript: ${reason}`] });
  });

  test("and nothing that a link in the agent's directory leads to", async () => {
    using session = await agentSession();
    const secret = put(session, ".ssh/known.json", '{"secret":1}');
    const link = join(session.home, ".claude/projects/p/linked.jsonl");
    symlinkSync(secret, link);
    expect((await keptOf(session, link)).kept).toEqual([]);
  });
});

test("a subagent's transcript is kept beside its parent's and names it", async () => {
  using session = await agentSession();
  const parent = put(session, ".claude/projects/p/s.jsonl", '{"type":"user"}\n');
  put(session, ".claude/projects/p/s/subagents/agent-a1.jsonl", '{"type":"assistant"}\n');
  const path = session.repo.write("a.txt", "one\n");
  await session.hook({
    transcript_path: parent,
    agent_id: "a1",
    tool_name: "Write",
    tool_input: { file_path: path, content: "one\n" },
    tool_response: { type: "create", filePath: path, content: "one\n", structuredPatch: [] },
  });
  const home = join(session.home, ".agent-trace");
  const [traces = ""] = new Bun.Glob("projects/*/traces.jsonl").scanSync(home);
  const trace = JSON.parse(readFileSync(join(home, traces), "utf8"));
  const live = join(home, dirname(traces), "conversations/live");
  const own = trace.files[0].conversations[0].id as string;
  const parentId = trace.metadata.parent_conversation_id as string;
  expect([
    readFileSync(join(live, own), "utf8"),
    readFileSync(join(live, parentId), "utf8"),
    JSON.parse(readFileSync(join(live, `${own}.json`), "utf8")).parent,
  ]).toEqual(['{"type":"assistant"}\n', '{"type":"user"}\n', parentId]);
});
