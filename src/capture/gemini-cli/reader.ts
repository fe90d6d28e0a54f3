import type { AgentEdit, AgentEvent } from "../../schema/agent-event.ts";
import type { AgentReader } from "../agent-reader.ts";
import { phaseOf, saysFailure, sharedFields } from "../claude-shaped.ts";
import { parseUnifiedDiff } from "../edits.ts";
import { makeUpId } from "../made-up-id.ts";
import { type Payload, field, nameField, objectField, textField } from "../payload.ts";
import { readNewestModel } from "../read-tail.ts";
import { callFields, readToolCall } from "../tool-call.ts";

const phases: Readonly<Record<string, AgentEvent["phase"]>> = {
  BeforeTool: "before",
  AfterTool: "after",
  SessionStart: "session",
  SessionEnd: "session",
  BeforeAgent: "session",
  AfterAgent: "session",
  Notification: "session",
};

/** They come at every turn of the model and tell nothing of files. */
const ignored = new Set(["BeforeModel", "AfterModel", "BeforeToolSelection", "PreCompress"]);

export const reader: AgentReader = {
  parseEvent(payload) {
    const name = nameField(payload, "hook_event_name", "hookEventName");
    if (name !== undefined && ignored.has(name)) return "ignored";
    const phase = phaseOf(phases, name);
    if (name === undefined || phase === undefined) return undefined;
    const shared = sharedFields(payload);
    const input = field(payload, "tool_input", "toolInput");
    const call = callFields(readToolCall(shared.toolName, input));
    const isFailure = saysFailure(payload);
    const isTool = phase !== "session";
    return {
      agent: { name: "gemini-cli" },
      name,
      phase,
      ...shared,
      toolUseId:
        shared.toolUseId ??
        (isTool ? makeUpId(field(payload, "timestamp"), shared.toolName, input) : undefined),
      ...call,
      isFailure: isFailure ? true : undefined,
      endsTurn: name === "AfterAgent" ? true : undefined,
      isLast: name === "SessionEnd" ? true : undefined,
      edits: isTool && !isFailure ? reportedEdits(payload, call.edits) : [],
    };
  },
  readOrigin: (_, { transcriptPath }) => readNewestModel(transcriptPath),
};

/** What the tool reports: the whole text before and after, where it changed, and whether a person had a hand in it. */
function reportedEdits(payload: Payload, asked: readonly AgentEdit[]): readonly AgentEdit[] {
  const response = objectField(payload, "tool_response", "toolResponse");
  const display = objectField(response, "returnDisplay");
  const edit = asked[0];
  const path = nameField(display, "filePath") ?? edit?.path;
  const original = textField(display, "originalContent");
  const after = textField(display, "newContent");
  // Gemini's own files are none of the person's work.
  if (path?.includes("/.gemini/tmp/") === true) return [];
  if (edit === undefined || path === undefined || original === undefined || after === undefined) {
    return asked;
  }
  const stat = objectField(display, "diffStat");
  const count = (name: string): number => Number(field(stat, name) ?? 0);
  const userModified = count("user_added_lines") + count("user_removed_lines") > 0;
  const textBefore = field(display, "isNewFile") === true ? null : original;
  // What a person made of the proposal is not the agent's: the request says what is.
  if (userModified) return [{ ...edit, path, textBefore, userModified }];
  const hunks = parseUnifiedDiff(textField(display, "fileDiff") ?? "")?.hunks;
  return [
    { path, kind: "write", replacements: [], textBefore, textAfter: after, hunks, userModified },
  ];
}
