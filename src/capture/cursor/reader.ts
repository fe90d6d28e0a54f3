import type { AgentEdit, AgentEvent, Replacement } from "../../schema/agent-event.ts";
import type { AgentReader } from "../agent-reader.ts";
import { baseless, modelOf, phaseOf } from "../claude-shaped.ts";
import { replaceEdit } from "../edits.ts";
import { makeUpId } from "../made-up-id.ts";
import { type Payload, asObject, field, nameField } from "../payload.ts";
import { callFields, parseReplacement, readToolCall } from "../tool-call.ts";

const phases: Readonly<Record<string, AgentEvent["phase"]>> = {
  preToolUse: "before",
  postToolUse: "after",
  postToolUseFailure: "after",
  beforeShellExecution: "before",
  afterShellExecution: "after",
  afterFileEdit: "after",
  afterTabFileEdit: "after",
  beforeSubmitPrompt: "session",
  userPromptSubmit: "session",
  sessionStart: "session",
  sessionEnd: "session",
  stop: "session",
  afterAgentResponse: "session",
  afterAgentThought: "session",
  subagentStart: "session",
  subagentStop: "session",
  preCompact: "session",
  workspaceOpen: "session",
  beforeReadFile: "session",
  beforeTabFileRead: "session",
  beforeMCPExecution: "session",
  afterMCPExecution: "session",
};

export const reader: AgentReader = {
  parseEvent(payload) {
    const told = nameField(payload, "hook_event_name", "hookEventName");
    // By Claude Code's hooks, which it runs too, Cursor sends their names.
    const name = told === undefined ? undefined : told.charAt(0).toLowerCase() + told.slice(1);
    const phase = phaseOf(phases, name);
    if (name === undefined || phase === undefined) return undefined;
    const call = callOf(name, payload);
    const isFailure = name === "postToolUseFailure";
    return {
      agent: { name: "cursor", version: nameField(payload, "cursor_version") },
      name,
      phase,
      sessionId: nameField(payload, "conversation_id", "session_id"),
      ...conversationOf(payload),
      cwd: nameField(payload, "cwd") ?? firstRoot(payload),
      model: modelOf(nameField(payload, "model_id", "model")),
      ...call,
      isFailure: isFailure ? true : undefined,
      overlaps: true,
      endsTurn: name === "stop" ? true : undefined,
      isLast: name === "sessionEnd" ? true : undefined,
      edits:
        phase === "session" || isFailure
          ? []
          : phase === "before"
            ? baseless(call.edits)
            : call.edits,
    };
  },
  readOrigin: () => ({ model: undefined, version: undefined }),
};

type Call = Pick<
  AgentEvent,
  "toolName" | "toolUseId" | "isShell" | "command" | "isBackground" | "edits"
>;

/**
 * Cursor tells of one edit, and of one command, by two families of hooks: a general one for tools, and one for edits
 * and commands alone. Both get the same identity here, so that who listens to both records once.
 */
function callOf(name: string, payload: Payload): Call {
  const generation = field(payload, "generation_id");
  if (name === "beforeShellExecution" || name === "afterShellExecution") {
    const call = callFields(readToolCall("Shell", payload));
    return { toolName: "Shell", toolUseId: makeUpId(generation, call.command), ...call };
  }
  if (name === "afterFileEdit" || name === "afterTabFileEdit") {
    const edits = editsOf(payload);
    const toolName = name === "afterTabFileEdit" ? "Tab" : "Edit";
    return { toolName, toolUseId: editId(generation, edits), isShell: false, edits };
  }
  const toolName = nameField(payload, "tool_name", "toolName");
  const call = callFields(readToolCall(toolName, field(payload, "tool_input", "toolInput")));
  const edits = call.edits.map((edit) => ({ ...edit, path: localPath(edit.path) }));
  const toolUseId = call.isShell
    ? makeUpId(generation, call.command)
    : edits.length > 0
      ? editId(generation, edits)
      : nameField(payload, "tool_use_id", "toolUseId");
  return { toolName, toolUseId, ...call, edits };
}

/** By what was put where: both families tell that alike. */
function editId(generation: unknown, edits: readonly AgentEdit[]): string {
  const put = edits.map(({ path, replacements, textAfter }) => [
    path,
    textAfter ?? replacements.map(({ newText }) => newText).join(""),
  ]);
  return makeUpId(generation, put);
}

function editsOf(payload: Payload): AgentEdit[] {
  const path = nameField(payload, "file_path", "filePath");
  const steps = field(payload, "edits");
  if (path === undefined || !Array.isArray(steps)) return [];
  const replacements: Replacement[] = [];
  for (const step of steps) {
    const given = asObject(step);
    const replacement = parseReplacement(given);
    if (replacement === undefined) return [];
    replacements.push({ ...replacement, at: placeOf(asObject(given?.["range"])) });
  }
  return replacements.length === 0 ? [] : [replaceEdit(localPath(path), replacements)];
}

function placeOf(range: Payload | undefined): Replacement["at"] {
  const line = range?.["start_line_number"];
  const column = range?.["start_column"];
  const isPlace = (value: unknown): value is number =>
    Number.isSafeInteger(value) && Number(value) > 0;
  return isPlace(line) && isPlace(column) ? { line, column } : undefined;
}

/** Cursor writes `/c:/work/a.ts` for a path on Windows. */
function localPath(path: string): string {
  return /^\/[A-Za-z]:[/\\]/.test(path) ? path.slice(1) : path;
}

function firstRoot(payload: Payload): string | undefined {
  const roots = field(payload, "workspace_roots");
  const root: unknown = Array.isArray(roots) ? roots[0] : undefined;
  return typeof root === "string" && root !== "" ? localPath(root) : undefined;
}

function conversationOf(
  payload: Payload,
): Pick<AgentEvent, "transcriptPath" | "parentTranscriptPath"> {
  const session = nameField(payload, "transcript_path", "transcriptPath");
  const own = nameField(payload, "agent_transcript_path");
  if (own === undefined || own === session) return { transcriptPath: session };
  return { transcriptPath: own, parentTranscriptPath: session };
}
