import type { AgentHooks } from "../agent-hooks.ts";
import { hooks as claudeCode } from "../claude-code/hooks.ts";

/** VS Code runs the hooks of Claude Code's settings: theirs are its own. Whether it is there cannot be told by a directory. */
export const hooks: AgentHooks = {
  recorded: {
    edits: "edits by their texts",
    commands: "files that commands in the terminal change",
    tab: undefined,
    subagents: undefined,
    model: "where the transcript tells it",
    transcript: "kept where VS Code names one",
    notes: "VS Code runs the hooks of Claude Code's settings, so those are its hooks too.",
  },
  borrows: true,
  home: () => undefined,
  everywhere: (world) => claudeCode.everywhere(world),
  local: () => [],
  team: () => [],
};
