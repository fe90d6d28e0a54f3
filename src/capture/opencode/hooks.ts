import { join } from "node:path";
import { readVariable } from "../../environment.ts";
import type { AgentHooks, HookFile, HookWorld } from "../agent-hooks.ts";
import { pluginFile } from "../own-file.ts";
import { plugin } from "./plugin.ts";

export const hooks: AgentHooks = {
  recorded: {
    edits: "every edit, to the line, from the patch that OpenCode itself computed",
    commands: "files that `bash` changes",
    tab: undefined,
    subagents:
      "their edits and commands, each with its own conversation, joined to the one that started it",
    model: "named with each prompt",
    transcript:
      "written by our plugin, with tokens and cost: OpenCode keeps its sessions in a database",
    notes: "A plugin file in OpenCode's `plugins` directory, not an entry of its settings.",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    return directory === undefined ? [] : [file(directory)];
  },
  local: () => [],
  team: (workTree) => [file(join(workTree, ".opencode"))],
};

function file(directory: string): HookFile {
  return pluginFile(join(directory, "plugins", "agent-trace.ts"), plugin);
}

function home({ environment, userHome }: HookWorld): string | undefined {
  const configured = readVariable(environment, "XDG_CONFIG_HOME");
  const base = configured ?? (userHome === undefined ? undefined : join(userHome, ".config"));
  return base === undefined ? undefined : join(base, "opencode");
}
