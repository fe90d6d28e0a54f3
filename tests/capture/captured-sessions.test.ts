import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HookFile } from "../../src/capture/agent-hooks.ts";
import { hooks as openCode } from "../../src/capture/opencode/hooks.ts";
import { hooks as pi } from "../../src/capture/pi/hooks.ts";
import { capturedDirectory } from "../support/captured-sessions.ts";
import {
  type Judgement,
  callsOf,
  capturedScene,
  judge,
  replayPayloads,
  send,
} from "../support/replay-captured.ts";
import { loadPlugin } from "../support/run-plugin.ts";
import { ToolEffects } from "../support/tool-effects.ts";

type Fields = Readonly<Record<string, unknown>>;

const directory = capturedDirectory() ?? "";
if (directory === "") console.log("skipped: the captured sessions are not beside this repository");

const perfect = (right: number): Judgement => ({ right, missed: [], wronglyClaimed: [] });

const input = (payload: Fields): Fields =>
  (payload["tool_input"] ?? payload["toolArgs"] ?? {}) as Fields;

/** What a call does that names its tool and arguments as Claude Code does. */
function claudeEffect(effects: ToolEffects, payload: Fields, phase: "before" | "after") {
  const event = String(payload["hook_event_name"]);
  const tool = String(payload["tool_name"]);
  const isOver = event === "PostToolUse" || event === "PostToolUseFailure";
  const command = String(input(payload)["command"]);
  if (phase === "after") {
    const isBackground = input(payload)["run_in_background"] === true;
    return isOver && tool === "Bash" && isBackground ? () => effects.run(command) : undefined;
  }
  if (!isOver || String(payload["cwd"]).includes("worktrees")) return;
  if (tool === "Bash" && input(payload)["run_in_background"] !== true) effects.run(command);
  else if (tool === "NotebookEdit") {
    const { updated_file } = payload["tool_response"] as Record<string, string>;
    effects.write(String(input(payload)["notebook_path"]), updated_file ?? "");
  } else if (tool === "Write" || tool === "Edit") effects.edit(input(payload));
}

describe.skipIf(directory === "")("the session that a real agent played, played again", () => {
  test("of Claude Code", async () => {
    const place = join(directory, "claude-code-2.1.328");
    using session = await capturedScene({
      [join(place, "transcript")]: ".claude/projects/-home-dev-project",
    });
    const calls = callsOf(session, join(place, "events.jsonl"));
    await replayPayloads(
      session,
      calls.map((call) => call["payload"] as Fields),
      claudeEffect,
    );
    expect(await judge(session)).toEqual(perfect(64));
    // The words beside the lines asked for, and a subagent's own.
    const beside = async (path: string, lines: string): Promise<string> =>
      (await session.run(["context", path, "-l", lines])).stdout;
    expect(await beside("src/base.ts", "29-30")).toContain("assistant: Several edits at once.");
    expect(await beside("src/base.ts", "29-30")).not.toContain("Creating a new file.");
    expect(await beside("src/sub1.ts", "1")).toMatch(
      /3 turns.*\n {2}user: SUBONE: write src\/sub1.ts\n {2}assistant: sub one\n/,
    );
  });

  test.each([
    ["", 33],
    ["code-mode", 10],
  ])("of Codex %s", async (part, lines) => {
    const place = join(directory, "codex-0.169.0", part);
    using session = await capturedScene({
      [join(place, "rollouts")]: ".codex/sessions/2026/11/25",
    });
    const calls = callsOf(session, join(place, "events.jsonl"));
    const payloads = calls.map((call) => call["payload"] as Fields);
    const ended = new Set(
      payloads.flatMap((payload) =>
        payload["hook_event_name"] === "PostToolUse" ? [payload["tool_use_id"]] : [],
      ),
    );
    await replayPayloads(
      session,
      payloads,
      (effects, payload, phase) => {
        const command = String(input(payload)["command"]);
        const event = payload["hook_event_name"];
        if (phase === "before" && event === "PostToolUse") {
          if (payload["tool_name"] === "apply_patch") effects.patch(command);
          else if (payload["tool_name"] === "Bash") effects.run(command);
        }
        // Codex says nothing after a patch that it found in a command, nor after a command that outlives its turn.
        const isSilent = event === "PreToolUse" && !ended.has(payload["tool_use_id"]);
        if (phase === "after" && isSilent && payload["tool_name"] === "Bash") {
          if (!command.startsWith("apply_patch")) return () => effects.run(command);
          effects.run(command);
        }
        return undefined;
      },
      2,
    );
    expect(await judge(session)).toEqual(perfect(lines));
  });

  test("of Gemini CLI", async () => {
    const place = join(directory, "gemini-cli-0.61.0");
    using session = await capturedScene({ [join(place, "session")]: ".gemini/tmp/project/chats" });
    const calls = callsOf(session, join(place, "events.jsonl"));
    await replayPayloads(
      session,
      calls.map((call) => call["payload"] as Fields),
      (effects, payload, phase) => {
        if (phase !== "before" || payload["hook_event_name"] !== "AfterTool") return;
        if (payload["tool_name"] === "run_shell_command") {
          effects.run(String(input(payload)["command"]));
        } else effects.edit(input(payload));
      },
    );
    expect(await judge(session)).toEqual(perfect(28));
  });

  test.each([
    ["", 24],
    ["apply-patch", 4],
  ])("of Copilot CLI, which delivers each event three times %s", async (part, lines) => {
    const place = join(directory, "copilot-cli-1.0.102", part);
    using session = await capturedScene();
    const calls = callsOf(session, join(place, "events.jsonl"));
    const done = new Set<string>();
    await replayPayloads(
      session,
      calls.map((call) => call["payload"] as Fields),
      (effects, payload, phase) => {
        const isOver = payload["tool_result"] !== undefined || payload["toolResult"] !== undefined;
        if (phase !== "before" || !isOver) return;
        const given = input(payload);
        const time = new Date(payload["timestamp"] as string | number).getTime();
        const key = `${time} ${JSON.stringify(given)}`;
        if (done.has(key)) return;
        done.add(key);
        if (typeof given === "string") effects.patch(given);
        else if (typeof given["command"] === "string") effects.run(given["command"]);
        else effects.edit(given);
      },
    );
    expect(await judge(session)).toEqual(perfect(lines));
    const traces = readFileSync(tracesPath(session.home), "utf8").trim().split("\n");
    const uses = traces.map((line) => JSON.parse(line).metadata.tool_use_id as string);
    expect(new Set(uses).size).toBe(uses.length);
  });

  test.each([
    ["", 34],
    ["apply-patch", 4],
  ])("of OpenCode %s, told by the plugin that we install", async (part, lines) => {
    const place = join(directory, "opencode-1.18.33", part);
    using session = await capturedScene();
    process.env["XDG_DATA_HOME"] = join(session.home, ".local/share");
    const world = { environment: {}, userHome: session.home };
    const plugin = await loadPlugin(openCode.everywhere(world)[0] as HookFile, session.home);
    const start = plugin.module["AgentTrace"] as (context: Fields) => Promise<Hooks>;
    const hooks = await start({ directory: session.repo.path });
    const effects = new ToolEffects(session.repo.path);
    for (const call of callsOf(session, join(place, "events.jsonl"))) {
      const name = String(call["hook"]);
      const [given, output] = [call["input"] as Fields, call["output"] as Fields];
      if (name === "tool.execute.after") openCodeEffect(effects, given, output);
      if (name === "event") await hooks["event"]?.({ event: given });
      else await hooks[name]?.(given, output);
      for (const payload of plugin.sent()) await send(session, payload);
    }
    delete process.env["XDG_DATA_HOME"];
    expect(await judge(session)).toEqual(perfect(lines));
  });

  test("of Pi, told by the extension that we install", async () => {
    const place = join(directory, "pi-0.73.1");
    using session = await capturedScene();
    const world = { environment: {}, userHome: session.home };
    const plugin = await loadPlugin(pi.everywhere(world)[0] as HookFile, session.home);
    const hooks: Hooks = {};
    (plugin.module["default"] as (agent: object) => void)({
      on: (name: string, hook: Hooks[string]) => (hooks[name] = hook),
    });
    const effects = new ToolEffects(session.repo.path);
    for (const call of callsOf(session, join(place, "events.jsonl"))) {
      const event = call["event"] as Fields;
      const told = call["ctx"] as Fields;
      const given = event["input"] as Fields;
      if (call["hook"] === "tool_result") {
        if (event["toolName"] === "bash") effects.run(String(given["command"]));
        else if (event["isError"] !== true) effects.edit(given);
      }
      await hooks[String(call["hook"])]?.(event, {
        cwd: told["cwd"],
        model: { id: told["model"] },
        sessionManager: {
          getSessionFile: () => told["session"],
          getSessionId: () => told["sessionId"],
        },
      });
      for (const payload of plugin.sent()) await send(session, payload);
    }
    expect(await judge(session)).toEqual(perfect(11));
  });
});

type Hooks = Record<string, (...values: Fields[]) => Promise<unknown>>;

function openCodeEffect(effects: ToolEffects, call: Fields, output: Fields): void {
  const given = call["args"] as Fields;
  const metadata = output["metadata"] as Fields;
  if (call["tool"] === "bash") return effects.run(String(given["command"]));
  if (call["tool"] === "write") return effects.edit(given);
  if (call["tool"] === "edit") {
    const { file, patch } = metadata["filediff"] as Record<string, string>;
    return effects.diff(file ?? "", patch ?? "");
  }
  for (const file of (metadata["files"] ?? []) as Record<string, string>[]) {
    const { filePath = "", relativePath = "", type, patch = "" } = file;
    if (type === "delete") effects.remove(filePath);
    else if (type === "move") {
      effects.move(filePath, relativePath);
      effects.diff(relativePath, patch);
    } else effects.diff(filePath, patch);
  }
}

function tracesPath(home: string): string {
  const traces = new Bun.Glob(".agent-trace/projects/*/traces.jsonl");
  const [found = ""] = traces.scanSync({ cwd: home, dot: true });
  return join(home, found);
}
