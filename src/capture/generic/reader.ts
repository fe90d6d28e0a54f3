import type { AgentEdit, AgentEvent, Replacement } from "../../schema/agent-event.ts";
import type { AgentReader } from "../agent-reader.ts";
import { baseless, modelOf, phaseOf } from "../claude-shaped.ts";
import { type Payload, asObject, field, nameField, objectField, textField } from "../payload.ts";

const phases: Readonly<Record<string, AgentEvent["phase"]>> = {
  before_edit: "before",
  after_edit: "after",
  before_command: "before",
  after_command: "after",
  session_start: "session",
  prompt: "session",
  turn_end: "session",
  session_end: "session",
};

/**
 * The payload that any agent may send, so that a new one needs no release of ours: docs/formats/agent-event.md says what
 * each field means, and agent-event.schema.json what it may hold.
 */
export const reader: AgentReader = {
  parseEvent(payload) {
    const name = nameField(payload, "event");
    const phase = phaseOf(phases, name);
    const agent = objectField(payload, "agent");
    const agentName = nameField(agent, "name") ?? nameField(payload, "agent");
    if (payload["agent_trace_event"] !== 1 || name === undefined || phase === undefined) {
      return undefined;
    }
    if (agentName === undefined || !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(agentName)) return undefined;
    const isTrue = (key: string): true | undefined => (payload[key] === true ? true : undefined);
    const isFailure = isTrue("failed");
    const overlaps = isTrue("concurrent");
    const isEdit = name.endsWith("_edit");
    const edits = isEdit && isFailure === undefined ? editsOf(field(payload, "edits")) : [];
    return {
      agent: { name: agentName, version: nameField(agent, "version") },
      name,
      phase,
      sessionId: nameField(payload, "session_id"),
      transcriptPath: nameField(payload, "transcript_path"),
      parentTranscriptPath: nameField(payload, "parent_transcript_path"),
      cwd: nameField(payload, "cwd"),
      model: modelOf(nameField(payload, "model")),
      toolName: nameField(payload, "tool"),
      toolUseId: nameField(payload, "call_id"),
      isShell: name.endsWith("_command"),
      command: nameField(payload, "command"),
      isBackground: isTrue("background"),
      isFailure,
      overlaps,
      endsTurn: name === "turn_end" ? true : undefined,
      isLast: name === "session_end" ? true : undefined,
      edits: phase === "before" && overlaps ? baseless(edits) : edits,
    };
  },
  readOrigin: () => ({ model: undefined, version: undefined }),
};

function editsOf(list: unknown): AgentEdit[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) => editOf(asObject(entry)) ?? []);
}

function editOf(entry: Payload | undefined): AgentEdit | undefined {
  const path = nameField(entry, "path");
  if (entry === undefined || path === undefined) return undefined;
  const before = entry["before"];
  const textBefore = before === null ? null : textField(entry, "before");
  const common = {
    path,
    textBefore,
    movedFrom: nameField(entry, "moved_from"),
    userModified: entry["user_modified"] === true,
  };
  if (entry["deleted"] === true) return { ...common, kind: "delete", replacements: [] };
  const textAfter = textField(entry, "after");
  if (textAfter !== undefined) return { ...common, kind: "write", replacements: [], textAfter };
  const steps = entry["replacements"];
  if (!Array.isArray(steps)) return undefined;
  const replacements = steps.map((step) => replacementOf(asObject(step)));
  const known = replacements.filter((replacement) => replacement !== undefined);
  // Half of an edit misleads more than nothing of it.
  if (known.length < replacements.length) return undefined;
  return { ...common, kind: "replace", replacements: known };
}

function replacementOf(step: Payload | undefined): Replacement | undefined {
  const oldText = textField(step, "old");
  const newText = textField(step, "new");
  if (oldText === undefined || newText === undefined) return undefined;
  const [line, column] = [step?.["line"], step?.["column"] ?? 1];
  const isPlace = (value: unknown): value is number =>
    Number.isSafeInteger(value) && Number(value) > 0;
  const at = isPlace(line) && isPlace(column) ? { line, column } : undefined;
  return { oldText, newText, replaceAll: step?.["all"] === true, at };
}
