import { describe, expect, test } from "bun:test";
import type { HookFile } from "../../../src/capture/agent-hooks.ts";
import { hooks } from "../../../src/capture/claude-code/hooks.ts";

const command = "agent-trace record";
const file = hooks.local("/repo")[0] as HookFile;

const settings = [
  '{\n  "model": "opus"\n}\n',
  '{"model":"opus"}',
  '{\n\t"model": "opus",\n\t"hooks": {\n\t\t"Stop": [\n\t\t\t{ "hooks": [ { "type": "command", "command": "x" } ] }\n\t\t]\n\t}\n}',
  '{\r\n    "model": "opus" // mine\r\n}\r\n',
  '// top\n{\n  "list": [1,   2],\n  /* b */ "hooks": { "PreToolUse": [{"matcher":"Bash","hooks":[{"type":"command","command":"y"}]}] }, // end\n  "z": {}\n}\n',
  '{\n  "model": "opus",\n}\n',
  '{\n  "hooks": {\n    "Stop": [\n      {"hooks": []}\n    ],\n    "Other": []\n  },\n  "x": "agent-trace record"\n}\n',
  "{}",
  "{}\n",
  "{ }\n",
  '{"hooks":{}}',
  '{\n  "hooks": {\n    "Stop": []\n  }\n}\n',
  '{"hooks":{"Stop":[ ],"SessionEnd":[{"hooks":[]}]}}',
  "{ // nothing yet\n}\n",
  "{\n}\n",
];

describe("hooks in Claude Code's settings", () => {
  test.each(settings)("come into %j and leave it byte for byte", (text) => {
    const installed = file.install(text, command);
    const { calls, isComplete } = file.read(installed);
    expect([isComplete, new Set(calls.values())]).toEqual([true, new Set([command])]);
    expect(file.install(installed, command)).toBe(installed);
    expect(file.remove(installed)).toBe(text);
  });

  test("hear of every tool that changes files, also when it fails", () => {
    const installed = file.install(undefined, command);
    const group = {
      matcher: "Write|Edit|MultiEdit|NotebookEdit|Bash|PowerShell",
      hooks: [{ type: "command", command, timeout: 10 }],
    };
    const parsed = JSON.parse(installed).hooks;
    expect(parsed.PostToolUse).toEqual([group]);
    expect(parsed.PostToolUseFailure).toEqual([group]);
    expect(Object.keys(parsed)).toEqual([
      "PreToolUse",
      "PostToolUse",
      "PostToolUseFailure",
      "SessionStart",
      "UserPromptSubmit",
      "SubagentStart",
      "SubagentStop",
      "Stop",
      "SessionEnd",
    ]);
  });

  test("make a file of their own where there was none, and take it along", () => {
    expect(file.remove(file.install(undefined, command))).toBeUndefined();
  });

  test("have their command brought up to date, and nothing else", () => {
    const installed = file.install('{\n  "model": "opus"\n}\n', command);
    const moved = "'/it\\'s \"here\"/agent-trace' record";
    expect(file.install(installed, moved)).toBe(
      installed.replaceAll(JSON.stringify(command), JSON.stringify(moved)),
    );
  });

  test("that an older program installed come to hear of everything, once", () => {
    const older = (matcher: string): object => ({
      matcher,
      hooks: [{ type: "command", command: "agent-trace record" }],
    });
    const text = JSON.stringify({
      hooks: { PostToolUse: [older("Write|Edit"), older("Bash")], SessionStart: [older("")] },
    });
    expect(file.read(text)).toEqual({
      calls: new Map([
        ["PostToolUse", command],
        ["SessionStart", command],
      ]),
      isComplete: false,
    });
    const moved = "/opt/agent-trace record";
    const installed = file.install(text, moved);
    expect(file.read(installed).isComplete).toBe(true);
    const { PostToolUse, SessionStart } = JSON.parse(installed).hooks;
    expect([PostToolUse.length, SessionStart.length]).toEqual([1, 1]);
    expect(installed).not.toContain(JSON.stringify(command));
  });

  test("do not make a hook of another hear of more", () => {
    const text =
      '{"hooks":{"PostToolUse":[{"matcher":"Write","hooks":[{"command":"x"},{"command":"agent-trace record"}]}]}}';
    const installed = file.install(text, command);
    expect(JSON.parse(installed).hooks.PostToolUse[0]).toEqual({
      matcher: "Write",
      hooks: [{ command: "x" }],
    });
    expect(file.read(installed).isComplete).toBe(true);
  });

  test("leave hooks of others in the same group, and comments between", () => {
    const text =
      '{"hooks":{"Stop":[{"hooks":[{"command":"x"}, /* ours */ {"command":"agent-trace record"}, {"command":"y"}]}]}}';
    expect(file.remove(text)).toBe(
      '{"hooks":{"Stop":[{"hooks":[{"command":"x"} /* ours */ , {"command":"y"}]}]}}',
    );
    const without = '{"hooks":{"Stop":[{"hooks":[{"command":"x"}]}]}}';
    expect(file.remove(without)).toBe(without);
  });

  test.each(["", "[]", "{", '{"hooks":[]}', '{"hooks":{"Stop":{}}} x', "nonsense"])(
    "are not looked for in %j",
    (text) => {
      expect(() => file.read(text)).toThrow("no settings file");
    },
  );

  test("do not replace a value that is none of Claude Code's", () => {
    expect(() => file.install('{"hooks":{"Stop":{}}}', command)).toThrow("no settings file");
  });
});
