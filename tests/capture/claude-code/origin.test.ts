import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recognise } from "../../../src/capture/recognise.ts";
import { readClaudeOrigin } from "../../../src/capture/claude-code/origin.ts";
import { temporaryDirectory } from "../../support/directories.ts";
import { payload } from "../../support/fixtures.ts";

const spoken = (model: string, version = "2.1.3"): string =>
  JSON.stringify({ type: "assistant", version, message: { role: "assistant", model } });
const result = (size: number): string =>
  JSON.stringify({ type: "user", toolUseResult: { originalFile: "x".repeat(size) } });

function transcript(directory: string, lines: readonly string[]): string {
  const path = join(directory, "session.jsonl");
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

test("the model that spoke last is the edit's, with its provider and the agent's version", async () => {
  using directory = temporaryDirectory();
  const transcript_path = transcript(directory.path, [
    spoken("claude-opus-4-5"),
    spoken("claude-sonnet-4-5-20250929", "2.1.4"),
    spoken("<synthetic>"),
    result(100),
    '{"type":"assistant","message":{"model":"torn',
  ]);
  const recognition = await recognise(payload("claude-code/edit", { transcript_path }));
  expect(recognition.kind === "event" && recognition.readOrigin()).toEqual({
    model: "anthropic/claude-sonnet-4-5-20250929",
    version: "2.1.4",
  });
});

test("a long line behind it hides the model only where it is longer than what is worth reading", () => {
  using directory = temporaryDirectory();
  const said = (size: number): string | undefined =>
    readClaudeOrigin({
      transcriptPath: transcript(directory.path, [spoken("claude-opus-4-6"), result(size)]),
      subagent: undefined,
    }).model;
  expect([said(200_000), said(2_000_000)]).toEqual(["claude-opus-4-6", undefined]);
});

test("a subagent's model comes from its own transcript", () => {
  using directory = temporaryDirectory();
  const transcriptPath = transcript(directory.path, [spoken("claude-opus-4-6")]);
  mkdirSync(join(directory.path, "session/subagents"), { recursive: true });
  writeFileSync(
    join(directory.path, "session/subagents/agent-a1.jsonl"),
    `${spoken("claude-haiku-4-5")}\n`,
  );
  const model = (subagent: string): string | undefined =>
    readClaudeOrigin({ transcriptPath, subagent }).model;
  expect(["a1", "b2", "../../session/subagents/agent-a1"].map(model)).toEqual([
    "claude-haiku-4-5",
    "claude-opus-4-6",
    "claude-opus-4-6",
  ]);
});

test("a transcript that is none, a directory or a pipe tells nothing and makes nobody wait", () => {
  using directory = temporaryDirectory();
  const pipe = join(directory.path, "pipe");
  Bun.spawnSync(["mkfifo", pipe]);
  for (const transcriptPath of [undefined, "/nonexistent", directory.path, pipe]) {
    expect(readClaudeOrigin({ transcriptPath, subagent: undefined })).toEqual({
      model: undefined,
      version: undefined,
    });
  }
});
