import type { AgentHooks } from "../agent-hooks.ts";
import { hooks as claudeCode } from "../claude-code/hooks.ts";

/** VS Code runs the hooks of Claude Code's settings: theirs are its own. Whether it is there cannot be told by a directory. */
export const hooks: AgentHooks = {
  borrows: true,
  home: () => undefined,
  everywhere: (world) => claudeCode.everywhere(world),
  local: () => [],
  team: () => [],
};
