import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { AgentSession } from "../support/agent-session.ts";
import { capturedDirectory } from "../support/captured-sessions.ts";
import { callsOf, capturedScene, judge, send } from "../support/replay-captured.ts";
import { ToolEffects } from "../support/tool-effects.ts";

type Fields = Readonly<Record<string, unknown>>;

const directory = capturedDirectory() ?? "";

/** What a call does, in the work tree in which it was made; git's hooks call as they would. */
async function act(session: AgentSession, payload: Fields): Promise<void> {
  const { hook_event_name: event, tool_name: tool, cwd } = payload;
  const place = String(cwd);
  if (event === "SubagentStart") {
    const branch = `worktree-agent-${String(payload["agent_id"])}`;
    session.repo.run(["worktree", "add", "-q", "-b", branch, place]);
  }
  if (event !== "PostToolUse") return;
  const effects = new ToolEffects(place);
  const input = payload["tool_input"] as Fields;
  if (tool === "Write" || tool === "Edit") effects.edit(input);
  if (tool !== "Bash") return;
  const command = String(input["command"]);
  effects.run(command);
  const linking = /git commit/.test(command)
    ? ["commit-link"]
    : /git merge/.test(command)
      ? ["commit-link", "--catch-up"]
      : undefined;
  if (linking === undefined) return;
  const { exitCode, stderr } = await session.run(linking, { cwd: place });
  if (exitCode !== 0) throw new Error(stderr);
}

describe.skipIf(directory === "")(
  "a session of Claude Code with a subagent in a work tree of its own",
  () => {
    test("has each line that it wrote, formatted, moved, committed and merged, and no other", async () => {
      const place = join(directory, "claude-code-2.1.328/worktree-run");
      using session = await capturedScene({
        [join(place, "transcript")]: ".claude/projects/-home-dev-project",
      });
      session.repo.run(["config", "user.name", "Ada"]);
      session.repo.run(["config", "user.email", "ada@example.org"]);
      const base = session.repo.run(["rev-parse", "HEAD"]);
      for (const { payload } of callsOf(session, join(place, "events.jsonl"))) {
        await act(session, payload as Fields);
        await send(session, payload as Fields);
      }
      expect(await judge(session, base)).toEqual({ right: 14, missed: [], wronglyClaimed: [] });
      const beside = await session.run(["context", "src/wt.ts", "-l", "1"]);
      expect(beside.stdout).toContain("user: SUBWT: in a worktree");
      // What was asked for in the session is found behind the file that its subagent wrote.
      const found = await session.run(["search", "second round", "--file", "src/wt.ts"]);
      expect(found.stdout).toContain("user: Second round.");
    });
  },
);
