import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../../support/agent-session.ts";

test("a hook says what it saw, a line a call, and none of the content", async () => {
  using session = await agentSession();
  const file = join(session.home, "hooks.jsonl");
  const environment = { AGENT_TRACE_DEBUG: file };
  const call = (stdin: string) => session.run(["record"], { stdin, environment });
  const file_path = session.repo.write("a.ts", "a secret of mine\n");
  const payload = {
    session_id: "s",
    transcript_path: session.transcript,
    cwd: session.repo.path,
    hook_event_name: "PostToolUse",
    tool_name: "Write",
    tool_use_id: "toolu_1",
    tool_input: { file_path, content: "a secret of mine\n" },
    tool_response: {
      type: "create",
      filePath: file_path,
      content: "a secret of mine\n",
      structuredPatch: [],
      originalFile: null,
    },
  };
  expect(await call(JSON.stringify(payload))).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  await call("no JSON, but a secret");
  const text = readFileSync(file, "utf8");
  expect(text).not.toContain("secret");
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      time: expect.any(String),
      hook: "record",
      agent: "claude-code",
      event: "PostToolUse",
      phase: "after",
      edits: [{ kind: "write", path: file_path }],
      outcome: "done",
    },
    { time: expect.any(String), hook: "record", outcome: "the payload is no JSON object" },
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("whatever stands at that path, a hook does its work", async () => {
  using session = await agentSession();
  const directory = join(session.home, "directory");
  mkdirSync(directory);
  symlinkSync(join(session.home, ".agent-trace/config.json"), join(session.home, "link"));
  Bun.spawnSync(["mkfifo", join(session.home, "pipe")]);
  for (const path of [
    directory,
    join(session.home, "link"),
    join(session.home, "pipe"),
    "relative",
    "/no/such/file",
    "/dev/full",
  ]) {
    const environment = { AGENT_TRACE_DEBUG: path };
    expect(await session.run(["record"], { stdin: "{}", environment })).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
  }
});
