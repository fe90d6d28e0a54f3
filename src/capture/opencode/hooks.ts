import { join } from "node:path";
import { readVariable } from "../../environment.ts";
import type { AgentHooks, HookFile, HookWorld } from "../agent-hooks.ts";
import { pluginFile } from "../own-file.ts";
import { plugin } from "./plugin.ts";

export const hooks: AgentHooks = {
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
