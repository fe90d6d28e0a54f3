import { describe, expect, test } from "bun:test";
import {
  findClaudeHooks,
  hearsEverything,
  withClaudeHooks,
  withoutClaudeHooks,
} from "../../src/capture/claude-settings.ts";

const command = "agent-trace record";

const settings = [
  '{\n  "model": "opus"\n}\n',
  '{"model":"opus"}',
  '{\n\t"model": "opus",\n\t"hooks": {\n\t\t"Stop": [\n\t\t\t{ "hooks": [ { "type": "command", "command": "x" } ] }\n\t\t]\n\t}\n}',
  '{\r\n    "model": "opus" // mine\r\n}\r\n',
  '// top\n{\n  "list": [1,   2],\n  /* b */ "hooks": { "PreToolUse": [{"matcher":"Bash","hooks":[{"type":"command","command":"y"}]}] }, // end\n  "z": {}\n}\n',
  '{\n  "model": "opus",\n}\n',
  '{\n  "hooks": {\n    "Stop": [\n      {"hooks": []}\n    ],\n    "Other": []\n  },\n  "x": "agent-trace record"\n}\n',
];

describe("hooks in Claude Code's settings", () => {
  test.each(settings)("come into %j and leave it byte for byte", (text) => {
    const installed = withClaudeHooks(text, command);
    const hooks = findClaudeHooks(installed);
    expect([hearsEverything(hooks), new Set(hooks.values())]).toEqual([true, new Set([command])]);
    expect(withClaudeHooks(installed, command)).toBe(installed);
    expect(withoutClaudeHooks(installed)).toBe(text);
  });

  test("make a file of their own where there was none, and take it along", () => {
    const installed = withClaudeHooks(undefined, command);
    expect(JSON.parse(installed).hooks.PostToolUse).toEqual([
      {
        matcher: "Write|Edit|MultiEdit|NotebookEdit",
        hooks: [{ type: "command", command, timeout: 10 }],
      },
    ]);
    expect(withoutClaudeHooks(installed)).toBeUndefined();
  });

  test("have their command brought up to date, and nothing else", () => {
    const installed = withClaudeHooks('{\n  "model": "opus"\n}\n', command);
    const moved = "'/it\\'s \"here\"/agent-trace' record";
    expect(withClaudeHooks(installed, moved)).toBe(
      installed.replaceAll(JSON.stringify(command), JSON.stringify(moved)),
    );
  });

  test("leave hooks of others in the same group, and comments between", () => {
    const text =
      '{"hooks":{"Stop":[{"hooks":[{"command":"x"}, /* ours */ {"command":"agent-trace record"}, {"command":"y"}]}]}}';
    expect(withoutClaudeHooks(text)).toBe(
      '{"hooks":{"Stop":[{"hooks":[{"command":"x"} /* ours */ , {"command":"y"}]}]}}',
    );
    const without = '{"hooks":{"Stop":[{"hooks":[{"command":"x"}]}]}}';
    expect(withoutClaudeHooks(without)).toBe(without);
  });

  test.each(["", "[]", "{", '{"hooks":[]}', '{"hooks":{"Stop":{}}} x', "nonsense"])(
    "are not looked for in %j",
    (text) => {
      expect(() => findClaudeHooks(text)).toThrow("no settings file");
    },
  );

  test("do not replace a value that is none of Claude Code's", () => {
    expect(() => withClaudeHooks('{"hooks":{"Stop":{}}}', command)).toThrow("no settings file");
  });
});
