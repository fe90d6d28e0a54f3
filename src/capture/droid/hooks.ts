import { join } from "node:path";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { type JsonHookShape, jsonHookFile } from "../json-hooks.ts";

const tools = "Create|Edit|Write|MultiEdit|ApplyPatch|Execute|Bash";

const shape: JsonHookShape = {
  at: ["hooks"],
  events: [
    ["PreToolUse", tools],
    ["PostToolUse", tools],
    ["SessionStart"],
    ["UserPromptSubmit"],
    ["SubagentStop"],
    ["Stop"],
    ["SessionEnd"],
  ],
  entry(command, matcher) {
    const hook = { type: "command", command, timeout: 10 };
    return matcher === undefined ? { hooks: [hook] } : { matcher, hooks: [hook] };
  },
};

export const hooks: AgentHooks = {
  recorded: {
    edits: "edits by their texts, patches by their lines",
    commands: "files that `Execute` changes",
    tab: undefined,
    subagents: "what they say when they stop",
    model: "from the session's settings file",
    transcript: "kept, with tokens where it has them",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    return directory === undefined ? [] : [jsonHookFile(join(directory, "settings.json"), shape)];
  },
  local: () => [],
  team: (workTree) => [jsonHookFile(join(workTree, ".factory", "settings.json"), shape)],
};

function home({ userHome }: HookWorld): string | undefined {
  return userHome === undefined ? undefined : join(userHome, ".factory");
}
