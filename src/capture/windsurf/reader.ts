import type { AgentEvent } from "../../schema/agent-event.ts";
import type { AgentReader } from "../agent-reader.ts";
import { baseless, modelOf } from "../claude-shaped.ts";
import { makeUpId } from "../made-up-id.ts";
import { nameField, objectField } from "../payload.ts";
import { callFields, readToolCall } from "../tool-call.ts";

/** Tools by the action's name without `pre_` and `post_`; the others edit nothing. */
const tools: Readonly<Record<string, string>> = {
  write_code: "edit",
  code_action: "edit",
  run_command: "run_command",
};

export const reader: AgentReader = {
  parseEvent(payload) {
    const name = nameField(payload, "agent_action_name");
    const parts = /^(pre|post)_([a-z_]+)$/.exec(name ?? "");
    if (name === undefined || parts === null) return undefined;
    const action = parts[2] ?? "";
    const tool = Object.hasOwn(tools, action) ? tools[action] : undefined;
    const info = objectField(payload, "tool_info");
    const call = callFields(readToolCall(tool, info));
    const phase = tool === undefined ? "session" : parts[1] === "pre" ? "before" : "after";
    const execution = nameField(payload, "execution_id");
    return {
      agent: { name: "windsurf" },
      name,
      phase: phase satisfies AgentEvent["phase"],
      sessionId: nameField(payload, "trajectory_id"),
      transcriptPath: nameField(info, "transcript_path") ?? nameField(payload, "transcript_path"),
      cwd: nameField(info, "cwd", "root_workspace_path") ?? nameField(payload, "cwd"),
      model: modelOf(nameField(payload, "model_name")),
      toolName: tool === undefined ? undefined : action,
      toolUseId: tool === undefined ? undefined : makeUpId(execution, info),
      ...call,
      overlaps: true,
      endsTurn: action.startsWith("cascade_response") ? true : undefined,
      edits: phase === "session" ? [] : phase === "before" ? baseless(call.edits) : call.edits,
    };
  },
  readOrigin: () => ({ model: undefined, version: undefined }),
};
