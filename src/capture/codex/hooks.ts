import { join } from "node:path";
import { readVariable } from "../../environment.ts";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { type JsonHookShape, jsonHookFile } from "../json-hooks.ts";
import { readTail } from "../read-tail.ts";
import { notifyFile } from "./notify.ts";

const shape: JsonHookShape = {
  at: ["hooks"],
  events: [
    ["PreToolUse"],
    ["PostToolUse"],
    ["SessionStart"],
    ["UserPromptSubmit"],
    ["SubagentStart"],
    ["SubagentStop"],
    ["Stop"],
    ["SessionEnd"],
  ],
  entry: (command) => ({ hooks: [{ type: "command", command, timeout: 10 }] }),
};

export const hooks: AgentHooks = {
  recorded: {
    edits:
      "patches, to the line: positions and old names of moved files come from Codex' own record of the change",
    commands: "files that commands change, also a patch that Codex finds in a command",
    tab: undefined,
    subagents:
      "their edits and commands, each with its own conversation, joined to the one that started it",
    model: "named with each event",
    transcript: "kept, with tokens",
    notes:
      "Codex runs hooks only when you have approved them: start `codex` and use `/hooks`. agent-trace never writes that approval; `agent-trace doctor` says when it is missing. `notify` tells of no file; one that an older tool put there is seen and left.",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    if (directory === undefined) return [];
    return [
      jsonHookFile(join(directory, "hooks.json"), shape),
      notifyFile(join(directory, "config.toml")),
    ];
  },
  local: () => [],
  team: (workTree) => [jsonHookFile(join(workTree, ".codex", "hooks.json"), shape)],
  obstacle(world, file) {
    const directory = home(world);
    if (directory === undefined || !file.path.endsWith("hooks.json")) return undefined;
    const config = readTail(join(directory, "config.toml"), 1024 * 1024);
    if (isTrusted(config, file.path)) return undefined;
    return {
      problem: "installed, not yet trusted",
      fix: "start `codex` and approve the hooks with `/hooks`",
    };
  },
};

function home({ environment, userHome }: HookWorld): string | undefined {
  const configured = readVariable(environment, "CODEX_HOME");
  return configured ?? (userHome === undefined ? undefined : join(userHome, ".codex"));
}

/** The person's approval is an entry of Codex' own settings for each hook. It is looked for and never written. */
function isTrusted(config: string, path: string): boolean {
  const trusted = shape.events.filter(([event]) => {
    const snake = event.replaceAll(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
    const at = config.indexOf(`${path}:${snake}:`);
    if (at < 0) return false;
    const entry = config.slice(at).split(/\n[ \t]*\[/, 1)[0] ?? "";
    return /trusted_hash/.test(entry) && !/enabled\s*=\s*false/.test(entry);
  });
  return trusted.length === shape.events.length;
}
