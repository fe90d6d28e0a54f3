import { expect, test } from "bun:test";
import { qualifyModel } from "../../src/capture/model-name.ts";

test.each([
  ["claude-opus-4-6", "anthropic/claude-opus-4-6"],
  ["gpt-5.3-codex", "openai/gpt-5.3-codex"],
  ["o3-mini", "openai/o3-mini"],
  ["gemini-2.5-pro", "google/gemini-2.5-pro"],
  ["anthropic/claude-opus-4-6", "anthropic/claude-opus-4-6"],
  ["us.anthropic.claude-opus-4-6-v1:0", "us.anthropic.claude-opus-4-6-v1:0"],
  ["llama", "llama"],
])("the model %s is recorded as %s", (name, qualified) => {
  expect(qualifyModel(name)).toBe(qualified);
});
