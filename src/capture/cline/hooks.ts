import { join } from "node:path";
import type { AgentHooks, HookFile, HookWorld } from "../agent-hooks.ts";
import { ownHookFile } from "../own-file.ts";

/** Cline runs one script for each event, named after it. */
const events = ["PreToolUse", "PostToolUse", "UserPromptSubmit", "TaskComplete", "TaskCancel"];

const head =
  "#!/bin/sh\n# Tells agent-trace what Cline does. Written by `agent-trace hooks setup-global`.\n";

function scripts(directory: string): HookFile[] {
  return events.map((event) =>
    ownHookFile({
      path: join(directory, event),
      isExecutable: true,
      event,
      write: (command) => `${head}${command}\n`,
      commandIn: (text) => (text.startsWith(head) ? text.slice(head.length, -1) : undefined),
    }),
  );
}

export const hooks: AgentHooks = {
  recorded: {
    edits: "edits by their texts",
    commands: "files that commands change",
    tab: undefined,
    subagents: undefined,
    model: "named with each event",
    transcript: undefined,
    notes:
      "One script for each event in `~/Documents/Cline/Hooks`. A script of your own under that name is left alone, and told.",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    return directory === undefined ? [] : scripts(join(directory, "Hooks"));
  },
  local: () => [],
  team: (workTree) => scripts(join(workTree, ".clinerules", "hooks")),
};

function home({ userHome }: HookWorld): string | undefined {
  return userHome === undefined ? undefined : join(userHome, "Documents", "Cline");
}
