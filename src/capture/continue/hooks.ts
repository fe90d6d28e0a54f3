import { join } from "node:path";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { type JsonHookShape, jsonHookFile } from "../json-hooks.ts";

const shape: JsonHookShape = {
  at: ["hooks"],
  events: [
    ["PreToolUse"],
    ["PostToolUse"],
    ["SessionStart"],
    ["UserPromptSubmit"],
    ["Stop"],
    ["SessionEnd"],
  ],
  entry: (command) => ({ hooks: [{ type: "command", command, timeout: 10 }] }),
};

export const hooks: AgentHooks = {
  recorded: {
    edits: "edits of the command-line program, by their texts",
    commands: "files that commands change",
    tab: undefined,
    subagents: undefined,
    model: "where the transcript tells it",
    transcript: "kept, where Continue names one",
    notes:
      "With Continue CLI 1.5.47 we saw no hook being run, wherever it was put. `agent-trace doctor` cannot tell that.",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    return directory === undefined ? [] : [jsonHookFile(join(directory, "settings.json"), shape)];
  },
  local: () => [],
  team: (workTree) => [jsonHookFile(join(workTree, ".continue", "settings.json"), shape)],
};

function home({ userHome }: HookWorld): string | undefined {
  return userHome === undefined ? undefined : join(userHome, ".continue");
}
