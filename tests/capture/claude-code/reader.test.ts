import { describe, expect, test } from "bun:test";
import { type Recognition, recognise } from "../../../src/capture/recognise.ts";
import type { AgentEdit, AgentEvent } from "../../../src/schema/agent-event.ts";
import { payload } from "../../support/fixtures.ts";

function eventOf(recognition: Recognition): AgentEvent {
  if (recognition.kind !== "event") throw new Error(`not an event but ${recognition.kind}`);
  return recognition.event;
}

async function read(
  name: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<AgentEvent> {
  return eventOf(await recognise(payload(`claude-code/${name}`, changes)));
}

const edit: AgentEdit = {
  path: "/repo/a.ts",
  kind: "write",
  replacements: [],
  textBefore: undefined,
  textAfter: undefined,
  hunks: undefined,
  userModified: false,
};

describe("a payload of Claude Code", async () => {
  test("tells the agent, the session, the tool and the edit", async () => {
    expect(await read("write-create")).toEqual({
      agent: { name: "claude-code" },
      name: "PostToolUse",
      phase: "after",
      sessionId: "5f0c1c1e-0000-4000-8000-000000000001",
      transcriptPath: "/home/me/.claude/projects/-repo/5f0c1c1e.jsonl",
      cwd: "/repo",
      model: undefined,
      toolName: "Write",
      toolUseId: "toolu_1",
      isShell: false,
      edits: [{ ...edit, textBefore: null, textAfter: "one\ntwo\n", hunks: [] }],
    });
  });

  test("tells the text that a write replaced and where it changed it", async () => {
    expect((await read("write-update")).edits).toEqual([
      {
        ...edit,
        textBefore: "one\ntwo\n",
        textAfter: "one\ntwo\nthree\n",
        hunks: [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 3, kinds: "  +" }],
      },
    ]);
  });

  test("tells what an edit replaced, before and after it", async () => {
    expect((await read("edit")).edits).toEqual([
      {
        ...edit,
        kind: "replace",
        replacements: [{ oldText: "two", newText: "2\nzwei", replaceAll: false }],
        textBefore: "one\ntwo",
        hunks: [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 3, kinds: " -++" }],
        userModified: true,
      },
    ]);
    const before = await read("edit-before");
    expect([before.phase, before.edits]).toEqual([
      "before",
      [
        {
          ...edit,
          kind: "replace",
          replacements: [{ oldText: "two", newText: "2", replaceAll: true }],
        },
      ],
    ]);
  });

  test("tells the replacements of a multiple edit in their order", async () => {
    expect((await read("multi-edit")).edits).toEqual([
      {
        ...edit,
        kind: "replace",
        replacements: [
          { oldText: "one", newText: "1", replaceAll: false },
          { oldText: "two", newText: "2", replaceAll: true },
        ],
      },
    ]);
  });

  test("tells a notebook's text before and after", async () => {
    expect((await read("notebook-edit")).edits).toEqual([
      {
        ...edit,
        path: "/repo/n.ipynb",
        kind: "notebook",
        textBefore: '{"y":1}',
        textAfter: '{"x":1}',
      },
    ]);
  });

  test("of a session edits nothing and tells the model", async () => {
    expect(await read("session-start")).toMatchObject({
      phase: "session",
      model: "anthropic/claude-opus-4-6",
      edits: [],
    });
    expect(await read("stop")).toMatchObject({ phase: "session", edits: [] });
  });

  test("of a shell command says so", async () => {
    expect(await read("bash")).toMatchObject({ phase: "after", isShell: true, edits: [] });
  });

  test.each([
    ["edit-failed", {}],
    ["edit", { tool_response: { filePath: "/repo/a.ts", staged: true } }],
    ["edit", { tool_response: { error: "no" } }],
    ["edit", { tool_name: "constructor" }],
    ["edit", { tool_name: "__proto__" }],
    ["edit", { tool_name: "Read" }],
    ["edit", { tool_input: { old_string: "a", new_string: "b" }, tool_response: {} }],
    ["multi-edit", { tool_input: { file_path: "/repo/a.ts", edits: [{ old_string: 1 }] } }],
  ])("%s with %j records no edit", async (name, changes) => {
    expect((await read(name, changes)).edits).toEqual([]);
  });

  test("reads the same with the request as JSON text or in the other spelling", async () => {
    const request = {
      file_path: "/repo/a.ts",
      old_string: "two",
      new_string: "2",
      replace_all: true,
    };
    const expected = await read("edit-before");
    expect(await read("edit-before", { tool_input: JSON.stringify(request) })).toEqual(expected);
    const { sessionId, transcriptPath, toolUseId } = expected;
    const camel = {
      sessionId,
      transcriptPath,
      toolUseId,
      cwd: "/repo",
      hookEventName: "PreToolUse",
      toolName: "Edit",
      toolInput: { filePath: "/repo/a.ts", oldString: "two", newString: "2", replaceAll: true },
    };
    expect(eventOf(await recognise(JSON.stringify(camel)))).toEqual(expected);
  });

  test("is read although raw control characters stand in its strings", async () => {
    const raw = payload("claude-code/write-create")
      .replaceAll("\\n", "\n")
      .replaceAll("two", "\u0007");
    expect(eventOf(await recognise(raw)).edits[0]?.textAfter).toBe("one\n\u0007\n");
  });

  test("holds lone surrogates as the disk will", async () => {
    const changes = { tool_response: { content: "a\uD800b", type: "create" } };
    expect((await read("write-create", changes)).edits[0]?.textAfter).toBe("a\uFFFDb");
  });

  test.each([
    [[{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ["?x"] }]],
    [[{ oldStart: 1, oldLines: 9, newStart: 1, newLines: 1, lines: ["-a", "+b"] }]],
    [[{ oldStart: -1, oldLines: 0, newStart: 1, newLines: 1, lines: ["+b"] }]],
    [["nonsense"]],
    ["nonsense"],
  ])("with the patch %j tells no positions rather than wrong ones", async (structuredPatch) => {
    expect(
      (await read("edit", { tool_response: { structuredPatch } })).edits[0]?.hunks,
    ).toBeUndefined();
  });
});

describe("payloads of others", async () => {
  test.each([
    [{ cursor_version: "1.7.2" }, "cursor"],
    [{ transcript_path: "/home/me/.cursor/t.jsonl" }, "cursor"],
    [{ transcript_path: "/h/.vscode/x/github.copilot-chat/transcripts/s.json" }, "vscode-copilot"],
    [{ transcript_path: undefined, extensionId: "x" }, "vscode-copilot"],
    [{ transcript_path: "/home/me/.factory/projects/x.jsonl" }, "droid"],
    [{ turn_id: "1", model: "gpt-5" }, "codex"],
  ])("with %j are the edits of %s", async (changes, agent) => {
    const changed = JSON.parse(payload("claude-code/write-create", changes)) as object;
    const found = await recognise(JSON.stringify(changed));
    expect(found.kind === "event" ? found.event.agent.name : found).toBe(agent);
  });

  test("Claude's transcripts of Copilot's own sources, and in a directory of another name, stay Claude's", async () => {
    for (const transcript_path of [
      "/home/me/.claude/projects/-src-github-copilot/s.jsonl",
      "/etc/claude-config/projects/p/s.jsonl",
    ]) {
      expect((await recognise(payload("claude-code/write-create", { transcript_path }))).kind).toBe(
        "event",
      );
    }
  });

  test("an event that nobody documented is told by name, and by no name where it might be content", async () => {
    const unsupported = { kind: "unsupported", agent: "claude-code" } as const;
    const named = (hook_event_name: string): Promise<Recognition> =>
      recognise(payload("claude-code/stop", { hook_event_name }));
    expect(await named("Surprise")).toEqual({ ...unsupported, event: "Surprise" });
    expect(await named("constructor")).toEqual({ ...unsupported, event: "constructor" });
    expect(await named("the user's words")).toEqual({ ...unsupported, event: undefined });
  });

  test.each(["", "null", "[]", "7", '"text"', "{", '{"a":', "\u0000"])(
    "%j is unreadable",
    async (input) => {
      expect(await recognise(input)).toEqual({ kind: "unreadable" });
    },
  );
});

test("no payload, however its fields are made, ends in an exception", async () => {
  const odd: readonly unknown[] = [
    null,
    0,
    true,
    "",
    "{",
    "[]",
    [],
    [null],
    {},
    { toString: 1 },
    [{ lines: [1] }],
  ];
  const names = ["write-update", "edit", "multi-edit", "notebook-edit", "bash", "session-start"];
  for (const name of names) {
    const whole = JSON.parse(payload(`claude-code/${name}`)) as Record<string, unknown>;
    for (const [key, value] of Object.entries(whole)) {
      for (const wrong of odd) {
        expect((await recognise(JSON.stringify({ ...whole, [key]: wrong }))).kind).toBeString();
        if (typeof value !== "object" || value === null) continue;
        for (const inner of Object.keys(value)) {
          const changed = { ...whole, [key]: { ...value, [inner]: wrong } };
          expect((await recognise(JSON.stringify(changed))).kind).toBe("event");
        }
      }
    }
  }
});
