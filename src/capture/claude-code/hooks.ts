import { join } from "node:path";
import { readVariable } from "../../environment.ts";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { type JsonHookShape, jsonHookFile } from "../json-hooks.ts";

/** Tools that change files, and `Agent`, which starts others that do. */
const tools = "Write|Edit|MultiEdit|NotebookEdit|Bash|PowerShell";

/** Seconds after which Claude Code gives up on a hook of ours. */
const timeout = 10;

const shape: JsonHookShape = {
  at: ["hooks"],
  events: [
    ["PreToolUse", tools],
    ["PostToolUse", tools],
    ["PostToolUseFailure", tools],
    ["SessionStart"],
    ["UserPromptSubmit"],
    ["SubagentStart"],
    ["SubagentStop"],
    ["Stop"],
    ["SessionEnd"],
  ],
  entry(command, matcher) {
    const hook = { type: "command", command, timeout };
    return matcher === undefined ? { hooks: [hook] } : { matcher, hooks: [hook] };
  },
};

export const hooks: AgentHooks = {
  recorded: {
    edits: "every edit of a file, to the line: positions come from the program itself",
    commands:
      "files that `Bash` and `PowerShell` change, also in the background and when the command fails",
    tab: undefined,
    subagents:
      "their edits and commands, each with its own conversation, joined to the one that started it",
    model: "from the transcript",
    transcript: "kept, with tokens",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    return directory === undefined ? [] : [jsonHookFile(join(directory, "settings.json"), shape)];
  },
  local: (workTree) => [jsonHookFile(join(workTree, ".claude", "settings.local.json"), shape)],
  team: (workTree) => [jsonHookFile(join(workTree, ".claude", "settings.json"), shape)],
};

function home({ environment, userHome }: HookWorld): string | undefined {
  const configured = readVariable(environment, "CLAUDE_CONFIG_DIR");
  return configured ?? (userHome === undefined ? undefined : join(userHome, ".claude"));
}
