import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readHookErrors } from "../../../src/store/hook-errors.ts";
import { agentSession } from "../../support/agent-session.ts";
import { holdLock } from "../../support/hold-lock.ts";

const text = "first line\nsecond line\nthird line\nfourth line\n";

test("behind a stopped process hooks give up within seconds, and the lines are claimed all the same", async () => {
  using session = await agentSession();
  await session.write("seen.ts", text);
  const home = join(session.home, ".agent-trace");
  const [project = ""] = readdirSync(join(home, "projects"));
  const pending = join(home, "projects", project, "pending");
  const [workTree = ""] = readdirSync(pending);
  const file_path = session.repo.write("late.ts", text.replaceAll("line", "word"));
  const content = text.replaceAll("line", "word");
  const payload = {
    session_id: "s",
    cwd: session.repo.path,
    hook_event_name: "PostToolUse",
    tool_name: "Write",
    tool_use_id: "late",
    tool_input: { file_path, content },
    tool_response: { type: "create", filePath: file_path, content, structuredPatch: [] },
  };
  {
    await using _held = await holdLock(join(pending, workTree, ".lock"));
    const start = performance.now();
    const recorded = await session.run(["record"], { stdin: JSON.stringify(payload) });
    expect(recorded).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    session.repo.run(["add", "--all"]);
    session.repo.run(["-c", "core.hooksPath=/nonexistent", "commit", "-q", "-m", "work"]);
    expect((await session.run(["commit-link"])).exitCode).toBe(1);
    expect(performance.now() - start).toBeLessThan(15_000);
  }
  const reason = expect.stringMatching(/^another process keeps `.*` locked$/);
  const time = expect.any(String);
  expect(readHookErrors(home, (message) => expect(message).toBe(""))).toEqual([
    { time, hook: "record", event: "PostToolUse", agent: "claude-code", reason },
    { time, hook: "commit-link", reason },
  ]);
  for (const path of ["late.ts", "seen.ts"]) {
    expect(await session.aiLines(path)).toEqual([1, 2, 3, 4]);
  }
  expect((await session.run(["commit-link"])).exitCode).toBe(0);
  expect(await session.aiLines("late.ts")).toEqual([1, 2, 3, 4]);
  expect(await session.aiLines("seen.ts")).toEqual([1, 2, 3, 4]);
}, 30_000);

test("every event is counted with what became of it, and status tells", async () => {
  using session = await agentSession();
  await session.write("a.ts", "one\n");
  await session.hook({ hook_event_name: "UserPromptSubmit", prompt: "go on" });
  await session.hook({ tool_name: "Read", tool_input: { file_path: "/nonexistent" } });
  await session.run(["record"], { stdin: "no JSON" });
  await session.commit();
  const { hook_events: events } = await session.json<{ hook_events: object }>(["status"]);
  expect(events).toMatchObject({ seen: 5, recorded: 2, ignored: 2, failed: 1, cut_off: 0 });
  expect((await session.run(["status"])).stdout).toMatch(
    /^Hooks saw 5 events since \d{4}-\d\d-\d\d: 2 recorded, 2 with nothing to record, 1 failed$/m,
  );
});
