import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hashLine, sha256Hex } from "../../src/schema/digest.ts";
import type { Trace } from "../../src/schema/trace.ts";
import { agentSession } from "../support/agent-session.ts";
import { cli } from "../support/cli.ts";
import { tempRepo } from "../support/repository.ts";
import { projectDirectories, traces } from "./recorded-traces.ts";

const ranges = (trace: Trace | undefined): [number, number][] =>
  (trace?.files[0]?.conversations[0]?.ranges ?? []).map(({ start_line, end_line }) => [
    start_line,
    end_line,
  ]);

const silence = { exitCode: 0, stdout: "", stderr: "" };

describe("record disturbs no agent", () => {
  test.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["an array", "[]"],
    ["a number", "1"],
    ["no agent's event", "{}"],
    ["an unknown event", '{"hook_event_name":"Whatever","session_id":"s"}'],
    ["fields of wrong types", '{"hook_event_name":"PostToolUse","session_id":1,"tool_input":7}'],
    ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0, 1])],
  ])("given %s", async (_, stdin) => {
    using session = await agentSession();
    const options = { home: session.home, cwd: session.repo.path, stdin };
    expect(await cli(["record"], options)).toEqual(silence);
  });

  test.each([
    [["record", "--bogus"]],
    [["record", "a", "b"]],
    [["record", "--strict=1"]],
    [["record", "--json", "--bogus"]],
    [["--bogus", "record"]],
  ])("called as %j", async (argv) => {
    const { exitCode, stdout } = await cli(argv, { home: "/nonexistent" });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect((await cli([...argv, "--strict"], { home: "/nonexistent" })).exitCode).toBe(1);
  });

  test("where its home cannot be written, and says why when asked", async () => {
    using session = await agentSession();
    const options = {
      home: session.home,
      cwd: session.repo.path,
      stdin: "{",
      environment: { AGENT_TRACE_HOME: "/proc/none" },
    };
    expect(await cli(["record"], options)).toEqual(silence);
    expect(await cli(["record", "--strict"], options)).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "record: the payload is no JSON object\n",
    });
  });

  test("and keeps the reason, without content, for those who look", async () => {
    using session = await agentSession();
    const stdin = '{"hook_event_name":"Whatever","session_id":"s","prompt":"secret words"}';
    await cli(["record"], { home: session.home, cwd: session.repo.path, stdin });
    const journal = readFileSync(join(session.home, ".agent-trace", "hook-errors.jsonl"), "utf8");
    expect(JSON.parse(journal)).toEqual({
      time: expect.any(String),
      hook: "record",
      event: "Whatever",
      agent: "claude-code",
      reason: "this event is not supported",
    });
  });

  test("outside of repositories and where init was never run", async () => {
    using session = await agentSession();
    using other = tempRepo();
    const file_path = other.write("a.ts", "one\n");
    const tool_input = { file_path, content: "one\n" };
    expect(await session.hook({ tool_name: "Write", tool_input })).toEqual(silence);
    expect(traces(session)).toEqual([]);
  });
});

describe("record keeps one trace for one edit", () => {
  test("with its lines, their hashes, the model, the session and the commit it stood on", async () => {
    using session = await agentSession();
    const head = session.repo.commit("first", { "src/a.ts": "one\ntwo\n" });
    await session.edit("src/a.ts", "two\n", "two\nthree\r\n\nfour\n");
    expect(traces(session)).toEqual([
      {
        version: "2.0",
        id: expect.stringMatching(
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        ),
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/),
        tool: { name: "claude-code", version: "2.1.3" },
        files: [
          {
            path: "src/a.ts",
            conversations: [
              {
                contributor: { type: "ai", model_id: "anthropic/claude-sonnet-4-5" },
                ranges: [
                  {
                    start_line: 3,
                    end_line: 5,
                    content_hash: `sha256:${sha256Hex("three\n\nfour")}`,
                    line_hashes: ["three", "", "four"].map((line, line_offset) => ({
                      line_offset,
                      hash: hashLine(line),
                    })),
                  },
                ],
                id: expect.stringMatching(/^[0-9a-f]{64}$/),
              },
            ],
          },
        ],
        vcs: { type: "git", revision: head },
        metadata: {
          session_id: "s",
          tool_name: "Edit",
          tool_use_id: "toolu_0",
          is_creation: false,
        },
      },
    ]);
  });

  test("before the first commit without a revision", async () => {
    using session = await agentSession();
    await session.write("a.ts", "one\n");
    const [trace] = traces(session);
    expect(trace).not.toHaveProperty("vcs");
    expect(trace?.metadata?.["is_creation"]).toBe(true);
  });

  test("when two hooks report the same tool call", async () => {
    using session = await agentSession();
    const file_path = session.repo.write("a.ts", "one\n");
    const call = {
      tool_name: "Write",
      tool_use_id: "t1",
      tool_input: { file_path, content: "one\n" },
    };
    await Promise.all([session.hook(call), session.hook(call)]);
    await session.hook(call);
    expect(traces(session)).toHaveLength(1);
  });

  test("for the new lines alone of a file that is written over", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "one\ntwo\nthree\n" });
    await session.write("a.ts", "one\nnew\ntwo\nthree\n");
    expect(ranges(traces(session)[0])).toEqual([[2, 2]]);
  });

  test("for the lines of the reported patch where the text before is not reported", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "one\ntwo\n" });
    const content = "one\nnew\ntwo\nmore\n";
    const file_path = session.repo.write("a.ts", content);
    const hunk = { oldStart: 1, oldLines: 2, newStart: 1, newLines: 4 };
    await session.hook({
      tool_name: "Write",
      tool_input: { file_path, content },
      tool_response: {
        type: "update",
        filePath: file_path,
        content,
        structuredPatch: [{ ...hunk, lines: [" one", "+new", " two", "+more"] }],
      },
    });
    expect(ranges(traces(session)[0])).toEqual([
      [2, 2],
      [4, 4],
    ]);
  });

  test("for a whole line when the edit is within it", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "let a = 1;\nlet b = 2;\n" });
    await session.edit("a.ts", "2", "3");
    expect(ranges(traces(session)[0])).toEqual([[2, 2]]);
  });

  test("for each of several edits made at once", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "a\nb\nc\nd\n" });
    const file_path = session.repo.write("a.ts", "A\nb\nC\nnew\nd\n");
    const edits = [
      { old_string: "a\n", new_string: "A\n" },
      { old_string: "c", new_string: "C\nnew" },
    ];
    const outcome = await session.hook({
      tool_name: "MultiEdit",
      tool_input: { file_path, edits },
      tool_response: { filePath: file_path, originalFile: "a\nb\nc\nd\n" },
    });
    expect(outcome).toEqual(silence);
    expect(ranges(traces(session)[0])).toEqual([
      [1, 1],
      [3, 4],
    ]);
  });

  test("for what a notebook's file gained", async () => {
    using session = await agentSession();
    const original_file = '{\n "cells": []\n}\n';
    const updated_file = '{\n "cells": [\n  "x"\n ]\n}\n';
    session.repo.commit("first", { "n.ipynb": original_file });
    const notebook_path = session.repo.write("n.ipynb", updated_file);
    await session.hook({
      tool_name: "NotebookEdit",
      tool_input: { notebook_path, new_source: "x" },
      tool_response: { notebook_path, original_file, updated_file },
    });
    expect(ranges(traces(session)[0])).toEqual([[2, 4]]);
  });

  test("without the lines that a person changed in the proposal, or a formatter after it", async () => {
    using session = await agentSession();
    const file_path = session.repo.write("a.ts", "one\nTWO by hand\nthree\n");
    await session.hook({
      tool_name: "Write",
      tool_input: { file_path, content: "one\ntwo\nthree\n" },
      tool_response: {
        type: "create",
        filePath: file_path,
        content: "one\nTWO by hand\nthree\n",
        userModified: true,
      },
    });
    const [trace] = traces(session);
    expect(ranges(trace)).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(trace?.metadata?.["user_modified"]).toBe(true);
  });

  test("where neither the text before nor a patch is reported", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "one\ntwo\nthree\n" });
    const file_path = session.repo.write("a.ts", "one\nTWO\nand more\nthree\n");
    const tool_input = { file_path, old_string: "two", new_string: "TWO\nand more" };
    await session.hook({ tool_name: "Edit", tool_input });
    expect(ranges(traces(session)[0])).toEqual([[2, 3]]);
  });

  test("and learns from the event before what a person had typed", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "one\n" });
    const before = "one\nx\ny\n";
    const file_path = session.repo.write("a.ts", before);
    const call = { tool_name: "Edit", tool_use_id: "t1" };
    const tool_input = { file_path, old_string: "x", new_string: "x\ny" };
    await session.hook({ ...call, hook_event_name: "PreToolUse", tool_input });
    expect(traces(session)).toEqual([]);
    session.repo.write("a.ts", "one\nx\ny\ny\n");
    await session.hook({ ...call, tool_input });
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([3]);
  });

  test("and none for an edit that failed or was only staged", async () => {
    using session = await agentSession();
    const file_path = session.repo.write("a.ts", "one\n");
    const tool_input = { file_path, content: "one\n" };
    const write = { tool_name: "Write", tool_input };
    await session.hook({ ...write, tool_response: { filePath: file_path, staged: true } });
    await session.hook({ ...write, hook_event_name: "PostToolUseFailure", error: "no" });
    expect(traces(session)).toEqual([]);
  });
});

test("session events bring the live copy up to date and make no trace", async () => {
  using session = await agentSession();
  await session.hook({ hook_event_name: "UserPromptSubmit", prompt: "write" });
  expect(traces(session)).toEqual([]);
  const [project = ""] = projectDirectories(session);
  const live = readdirSync(join(project, "conversations", "live"));
  const copy = live.find((name) => /^[0-9a-f]{64}$/.test(name)) ?? "";
  expect(readFileSync(join(project, "conversations", "live", copy), "utf8")).toBe(
    readFileSync(session.transcript, "utf8"),
  );
});
