import { join } from "node:path";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { type JsonHookShape, jsonHookFile } from "../json-hooks.ts";

const shape: JsonHookShape = {
  at: ["hooks"],
  preamble: { version: 1 },
  events: [
    ["afterFileEdit"],
    ["afterTabFileEdit"],
    ["postToolUse", "Write|StrReplace|ApplyPatch|Delete"],
    ["beforeShellExecution"],
    ["afterShellExecution"],
    ["beforeSubmitPrompt"],
    ["sessionStart"],
    ["subagentStop"],
    ["stop"],
    ["sessionEnd"],
  ],
  entry: (command, matcher) => (matcher === undefined ? { command } : { command, matcher }),
};

export const hooks: AgentHooks = {
  recorded: {
    edits: "edits of the agent, by their texts",
    commands: "files that shell commands change",
    tab: "edits by Tab, by the place that Cursor tells",
    subagents: "their transcript, joined to the session's, where Cursor names it",
    model: "named with each event",
    transcript: "kept where Cursor names one",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    return directory === undefined ? [] : [jsonHookFile(join(directory, "hooks.json"), shape)];
  },
  local: () => [],
  team: (workTree) => [jsonHookFile(join(workTree, ".cursor", "hooks.json"), shape)],
};

function home({ userHome }: HookWorld): string | undefined {
  return userHome === undefined ? undefined : join(userHome, ".cursor");
}
