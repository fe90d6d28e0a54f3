import type { AgentReader } from "../agent-reader.ts";
import { modelOf } from "../claude-shaped.ts";
import { type Payload, field, nameField, objectField } from "../payload.ts";
import { callFields, readToolCall } from "../tool-call.ts";
import { makeUpId } from "../made-up-id.ts";

const sessions = new Set([
  "TaskStart",
  "TaskResume",
  "TaskCancel",
  "TaskComplete",
  "UserPromptSubmit",
  "PreCompact",
]);

export const reader: AgentReader = {
  parseEvent(payload) {
    const name = nameField(payload, "hookName");
    if (name === undefined) return undefined;
    const phase = name === "PreToolUse" ? "before" : name === "PostToolUse" ? "after" : "session";
    if (phase === "session" && !sessions.has(name)) return undefined;
    const details = objectField(payload, phase === "before" ? "preToolUse" : "postToolUse");
    const toolName = nameField(details, "toolName", "tool");
    const given = field(details, "parameters");
    const call = callFields(readToolCall(toolName, given));
    const isFailure = field(details, "success") === false;
    return {
      agent: { name: "cline", version: nameField(payload, "clineVersion") },
      name,
      phase,
      sessionId: nameField(payload, "taskId"),
      cwd: firstRoot(payload),
      model: modelName(payload),
      toolName,
      toolUseId:
        phase === "session" ? undefined : makeUpId(field(payload, "timestamp"), toolName, given),
      ...call,
      isFailure: isFailure ? true : undefined,
      endsTurn: name === "TaskComplete" || name === "TaskCancel" ? true : undefined,
      edits: phase === "session" || isFailure ? [] : call.edits,
    };
  },
  readOrigin: () => ({ model: undefined, version: undefined }),
};

function firstRoot(payload: Payload): string | undefined {
  const roots = field(payload, "workspaceRoots");
  const root: unknown = Array.isArray(roots) ? roots[0] : undefined;
  return typeof root === "string" && root !== "" ? root : undefined;
}

function modelName(payload: Payload): string | undefined {
  const model = objectField(payload, "model");
  const slug = nameField(model, "slug") ?? nameField(payload, "model");
  const provider = nameField(model, "provider");
  if (slug === undefined || slug.includes("/") || provider === undefined) return modelOf(slug);
  return `${provider}/${slug}`;
}
