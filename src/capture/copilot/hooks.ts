import { join } from "node:path";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { type JsonHookShape, jsonHookFile } from "../json-hooks.ts";

const shape: JsonHookShape = {
  at: ["hooks"],
  preamble: { version: 1 },
  events: [
    ["preToolUse"],
    ["postToolUse"],
    ["postToolUseFailure"],
    ["sessionStart"],
    ["userPromptSubmitted"],
    ["subagentStart"],
    ["subagentStop"],
    ["agentStop"],
    ["sessionEnd"],
  ],
  entry: (command) => ({
    type: "command",
    bash: command,
    powershell: "agent-trace record",
    timeoutSec: 10,
  }),
};

export const hooks: AgentHooks = {
  recorded: {
    edits: "edits by their texts, patches by their lines; Copilot tells no positions",
    commands: "files that shell commands change",
    tab: undefined,
    subagents: "their edits and commands; they stand in the session's own transcript",
    model: "from the transcript",
    transcript: "kept; it does not tell tokens",
    notes:
      "Copilot CLI also runs the hooks in a trusted repository's `.claude` settings. What arrives twice is recorded once, as Copilot's.",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    if (directory === undefined) return [];
    return [jsonHookFile(join(directory, "hooks", "agent-trace.json"), shape)];
  },
  local: () => [],
  team: (workTree) => [jsonHookFile(join(workTree, ".github", "hooks", "agent-trace.json"), shape)],
};

function home({ userHome }: HookWorld): string | undefined {
  return userHome === undefined ? undefined : join(userHome, ".copilot");
}
