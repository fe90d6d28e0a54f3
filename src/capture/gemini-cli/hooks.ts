import { join } from "node:path";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { type JsonHookShape, jsonHookFile } from "../json-hooks.ts";

const tools = "write_file|replace|run_shell_command";

/** Gemini CLI counts milliseconds. */
const timeout = 10_000;

const shape: JsonHookShape = {
  at: ["hooks"],
  events: [
    ["BeforeTool", tools],
    ["AfterTool", tools],
    ["SessionStart"],
    ["BeforeAgent"],
    ["AfterAgent"],
    ["SessionEnd"],
  ],
  entry(command, matcher) {
    const hook = { name: "agent-trace", type: "command", command, timeout };
    return matcher === undefined ? { hooks: [hook] } : { matcher, hooks: [hook] };
  },
};

export const hooks: AgentHooks = {
  recorded: {
    edits:
      "every edit, from the whole text before and after it; what you change in a proposal is yours",
    commands: "files that shell commands change",
    tab: undefined,
    subagents: undefined,
    model: "from the transcript",
    transcript: "kept, with tokens",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    return directory === undefined ? [] : [jsonHookFile(join(directory, "settings.json"), shape)];
  },
  local: () => [],
  team: (workTree) => [jsonHookFile(join(workTree, ".gemini", "settings.json"), shape)],
};

function home({ userHome }: HookWorld): string | undefined {
  return userHome === undefined ? undefined : join(userHome, ".gemini");
}
