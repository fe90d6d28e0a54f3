import { join } from "node:path";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { type JsonHookShape, jsonHookFile } from "../json-hooks.ts";

const shape: JsonHookShape = {
  at: ["hooks"],
  events: [
    ["post_write_code"],
    ["pre_run_command"],
    ["post_run_command"],
    ["pre_user_prompt"],
    ["post_cascade_response"],
    ["post_cascade_response_with_transcript"],
  ],
  entry: (command) => ({ command, show_output: false }),
};

export const hooks: AgentHooks = {
  recorded: {
    edits: "edits of Cascade, by their texts",
    commands: "files that commands change",
    tab: undefined,
    subagents: undefined,
    model: "named with each event",
    transcript: "kept where Windsurf names one",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    return directory === undefined ? [] : [jsonHookFile(join(directory, "hooks.json"), shape)];
  },
  local: () => [],
  team: (workTree) => [jsonHookFile(join(workTree, ".windsurf", "hooks.json"), shape)],
};

function home({ userHome }: HookWorld): string | undefined {
  return userHome === undefined ? undefined : join(userHome, ".codeium", "windsurf");
}
