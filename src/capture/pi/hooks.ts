import { join } from "node:path";
import type { AgentHooks, HookWorld } from "../agent-hooks.ts";
import { pluginFile, tellInPlugin } from "../own-file.ts";

/** The extension that Pi loads. */
const extension = `// Tells agent-trace what Pi does. Written by \`agent-trace hooks setup-global\` or \`agent-trace init\`.
import { spawn } from "node:child_process";

const command = "";
${tellInPlugin}
export default function (pi: any) {
  const send = (name: string, context: any, rest: Record<string, unknown> = {}) =>
    tell({
      agent_trace_plugin: "pi",
      hook_event_name: name,
      session_id: context?.sessionManager?.getSessionId?.(),
      transcript_path: context?.sessionManager?.getSessionFile?.(),
      cwd: context?.cwd,
      model: context?.model?.id,
      ...rest,
    });
  const listened = /^(?:write|edit|bash)$/;
  const call = ({ toolName, toolCallId, input }: any) => ({
    tool_name: toolName,
    tool_use_id: toolCallId,
    tool_input: input,
  });
  pi.on("session_start", async (_: any, context: any) => send("SessionStart", context));
  pi.on("tool_call", async (event: any, context: any) => {
    if (listened.test(event.toolName)) await send("PreToolUse", context, call(event));
  });
  pi.on("tool_result", async (event: any, context: any) => {
    if (!listened.test(event.toolName)) return;
    await send("PostToolUse", context, { ...call(event), is_error: event.isError === true });
  });
  pi.on("agent_end", async (_: any, context: any) => send("Stop", context));
  pi.on("session_shutdown", async (_: any, context: any) => send("SessionEnd", context));
}
`;

export const hooks: AgentHooks = {
  recorded: {
    edits: "edits by their texts",
    commands: "files that `bash` changes, also when the command fails",
    tab: undefined,
    subagents: undefined,
    model: "named with each event",
    transcript: "kept, with tokens and cost",
    notes: "An extension file in Pi's `extensions` directory.",
  },
  home,
  everywhere(world) {
    const directory = home(world);
    if (directory === undefined) return [];
    return [pluginFile(join(directory, "extensions", "agent-trace.ts"), extension)];
  },
  local: () => [],
  team: (workTree) => [
    pluginFile(join(workTree, ".pi", "extensions", "agent-trace.ts"), extension),
  ],
};

function home({ userHome }: HookWorld): string | undefined {
  return userHome === undefined ? undefined : join(userHome, ".pi", "agent");
}
