import { join } from "node:path";
import { readVariable } from "../../environment.ts";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { pluginFile, tellInPlugin } from "../own-file.ts";

/** The plugin that Amp loads. Amp wants this very first line of it. */
const plugin = `// @i-know-the-amp-plugin-api-is-wip-and-very-experimental-right-now
// Tells agent-trace what Amp does. Written by \`agent-trace hooks setup-global\` or \`agent-trace init\`.
import { spawn } from "node:child_process";

const command = "";
${tellInPlugin}
export default function (amp: any) {
  const calls = new Map<string, any>();
  const send = (name: string, event: any, rest: Record<string, unknown> = {}) =>
    tell({
      agent_trace_plugin: "amp",
      hook_event_name: name,
      thread_id: event?.thread?.id ?? event?.threadID,
      cwd: process.cwd(),
      ...rest,
    });
  amp.on("tool.call", async (event: any) => {
    calls.set(event.toolUseID, event);
    const { tool, toolUseID, input } = event;
    await send("PreToolUse", event, { tool_name: tool, tool_use_id: toolUseID, tool_input: input });
    return { action: "allow" };
  });
  amp.on("tool.result", async (event: any) => {
    const call = calls.get(event.toolUseID);
    calls.delete(event.toolUseID);
    if (call === undefined) return;
    await send("PostToolUse", event, {
      tool_name: call.tool,
      tool_use_id: call.toolUseID,
      tool_input: call.input,
      is_error: event.status !== "done",
    });
  });
}
`;

export const hooks: AgentHooks = {
  recorded: {
    edits: "edits by their texts, patches by their lines",
    commands: "files that shell commands change",
    tab: undefined,
    subagents: undefined,
    model: undefined,
    transcript: undefined,
    notes: "A plugin file; Amp calls its plugin interface experimental.",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    if (directory === undefined) return [];
    return [pluginFile(join(directory, "plugins", "agent-trace.ts"), plugin)];
  },
  local: () => [],
  team: (workTree) => [pluginFile(join(workTree, ".amp", "plugins", "agent-trace.ts"), plugin)],
};

function home({ environment, userHome }: HookWorld): string | undefined {
  const configured = readVariable(environment, "XDG_CONFIG_HOME");
  const base = configured ?? (userHome === undefined ? undefined : join(userHome, ".config"));
  return base === undefined ? undefined : join(base, "amp");
}
