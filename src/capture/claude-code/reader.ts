import type { AgentEdit, AgentEvent, Hunk, Replacement } from "../../schema/agent-event.ts";
import type { AgentReader } from "../agent-reader.ts";
import { readClaudeOrigin, subagentPaths } from "./origin.ts";
import { commonPhases } from "../common-phases.ts";
import { qualifyModel } from "../model-name.ts";
import { type Payload, asObject, field, nameField, objectField, textField } from "../payload.ts";

const phases: Readonly<Record<string, AgentEvent["phase"]>> = {
  ...commonPhases,
  PermissionDenied: "session",
  PostToolBatch: "session",
  MessageDisplay: "session",
  UserPromptExpansion: "session",
  PreModelSwitch: "session",
  PostModelSwitch: "session",
  Setup: "session",
  TeammateIdle: "session",
  TaskCreated: "session",
  TaskCompleted: "session",
  Elicitation: "session",
  ElicitationResult: "session",
  ConfigChange: "session",
  InstructionsLoaded: "session",
  CwdChanged: "session",
  DirectoryAdded: "session",
  FileChanged: "session",
  WorktreeRemove: "session",
};

const shells = new Set(["Bash", "PowerShell"]);

export const reader: AgentReader = {
  parseEvent,
  readOrigin(payload) {
    const model = nameField(payload, "model");
    const found = readClaudeOrigin({
      transcriptPath: nameField(payload, "transcript_path", "transcriptPath"),
      subagent: nameField(payload, "agent_id", "agentId"),
    });
    const name = model ?? found.model;
    return { model: name === undefined ? undefined : qualifyModel(name), version: found.version };
  },
};

function parseEvent(payload: Payload): AgentEvent | undefined {
  const name = nameField(payload, "hook_event_name", "hookEventName") ?? "";
  const phase = Object.hasOwn(phases, name) ? phases[name] : undefined;
  if (phase === undefined) return undefined;
  const model = nameField(payload, "model");
  const toolName = nameField(payload, "tool_name", "toolName");
  const isShell = toolName !== undefined && shells.has(toolName);
  const isFailure = name === "PostToolUseFailure";
  return {
    agent: { name: "claude-code" },
    name,
    phase,
    sessionId: nameField(payload, "session_id", "sessionId"),
    ...conversationOf(payload),
    cwd: nameField(payload, "cwd"),
    model: model === undefined ? undefined : qualifyModel(model),
    toolName,
    toolUseId: nameField(payload, "tool_use_id", "toolUseId"),
    isShell,
    ...(isShell ? commandOf(payload) : {}),
    runningTasks: shellTasks(field(payload, "background_tasks")),
    isFailure: isFailure ? true : undefined,
    endsTurn: name === "Stop" || name === "StopFailure" ? true : undefined,
    isLast: name === "SessionEnd" ? true : undefined,
    edits: phase === "session" || isFailure ? [] : parseEdits(payload, toolName),
  };
}

/**
 * All events of a subagent name the session's transcript, in which its calls never stand. Its own is told when it
 * stops only, but stands where its id says.
 */
function conversationOf(
  payload: Payload,
): Pick<AgentEvent, "transcriptPath" | "parentTranscriptPath" | "subagentId"> {
  const session = nameField(payload, "transcript_path", "transcriptPath");
  const subagentId = nameField(payload, "agent_id", "agentId");
  const own =
    nameField(payload, "agent_transcript_path", "agentTranscriptPath") ??
    subagentPaths(session, subagentId)[0];
  if (own === undefined || own === session) return { transcriptPath: session, subagentId };
  return { transcriptPath: own, parentTranscriptPath: session, subagentId };
}

/** A command, and whether it goes on in the background, as asked for or as it turned out. */
function commandOf(
  payload: Payload,
): Pick<AgentEvent, "command" | "isBackground" | "backgroundTask"> {
  const input = objectField(payload, "tool_input", "toolInput");
  const response = objectField(payload, "tool_response", "toolResponse");
  const asked = field(input, "run_in_background", "runInBackground");
  const task = nameField(response, "backgroundTaskId", "background_task_id");
  const isBackground = asked === true || asked === "true" || task !== undefined;
  return {
    command: nameField(input, "command"),
    isBackground: isBackground ? true : undefined,
    backgroundTask: task,
  };
}

/** The commands among the tasks that still run; undefined where tasks are not told. */
function shellTasks(tasks: unknown): string[] | undefined {
  if (!Array.isArray(tasks)) return undefined;
  const running = tasks.map((task) => asObject(task)).filter((task) => task?.["type"] === "shell");
  return running.flatMap((task) => nameField(task, "id") ?? []);
}

/** What an edit is made from: what the tool was asked, and what it answered. */
interface Call {
  readonly input: Payload | undefined;
  readonly response: Payload | undefined;
}

function parseEdits(payload: Payload, toolName: string | undefined): AgentEdit[] {
  const call: Call = {
    input: objectField(payload, "tool_input", "toolInput"),
    response: objectField(payload, "tool_response", "toolResponse"),
  };
  const { response } = call;
  const undone =
    field(response, "staged") === true ||
    field(response, "success") === false ||
    field(response, "is_error", "isError") === true ||
    nameField(response, "error") !== undefined;
  const path =
    nameField(call.input, "file_path", "filePath", "notebook_path", "notebookPath") ??
    nameField(response, "filePath", "file_path", "notebook_path");
  const isEdit = toolName !== undefined && Object.hasOwn(contents, toolName);
  const content = isEdit ? contents[toolName]?.(call) : undefined;
  if (undone || path === undefined || content === undefined) return [];
  return [
    {
      path,
      ...content,
      hunks: parseHunks(field(response, "structuredPatch")),
      userModified: field(response, "userModified") === true,
    },
  ];
}

type Content = Pick<AgentEdit, "kind" | "replacements" | "textBefore" | "textAfter">;

/** The answer, unless a person changed the proposal: then the request says what is the agent's, and the disk the rest. */
function finalSay({ response }: Call): Payload | undefined {
  return field(response, "userModified") === true ? undefined : response;
}

/** What each editing tool does. The answer comes before the request: it tells what was written in the end. */
const contents: Readonly<Record<string, (call: Call) => Content | undefined>> = {
  Write({ input, response }) {
    const textAfter =
      textField(finalSay({ input, response }), "content") ?? textField(input, "content");
    if (textAfter === undefined) return undefined;
    const created = field(response, "type") === "create";
    return {
      kind: "write",
      replacements: [],
      textBefore: originalText(response, created),
      textAfter,
    };
  },
  Edit({ input, response }) {
    const replacement = parseReplacement({
      old_string: field(response, "oldString") ?? field(input, "old_string", "oldString"),
      new_string:
        field(finalSay({ input, response }), "newString") ??
        field(input, "new_string", "newString"),
      replace_all: field(response, "replaceAll") ?? field(input, "replace_all", "replaceAll"),
    });
    if (replacement === undefined) return undefined;
    const created = response !== undefined && replacement.oldText === "";
    return {
      kind: "replace",
      replacements: [replacement],
      textBefore: originalText(response, created),
      textAfter: undefined,
    };
  },
  MultiEdit({ input, response }) {
    const edits = field(input, "edits");
    if (!Array.isArray(edits)) return undefined;
    const replacements = edits.map((edit) => parseReplacement(asObject(edit)));
    const known = replacements.filter((replacement) => replacement !== undefined);
    if (known.length < replacements.length) return undefined;
    return {
      kind: "replace",
      replacements: known,
      textBefore: originalText(response, response !== undefined && known[0]?.oldText === ""),
      textAfter: undefined,
    };
  },
  NotebookEdit({ response }) {
    return {
      kind: "notebook",
      replacements: [],
      textBefore: textField(response, "original_file", "originalFile"),
      textAfter: textField(response, "updated_file", "updatedFile"),
    };
  },
};

/** The reported text before an edit. That none is reported means that there was no file only where one was made. */
function originalText(response: Payload | undefined, created: boolean): string | null | undefined {
  return (
    textField(response, "originalFile", "originalFileContents") ?? (created ? null : undefined)
  );
}

function parseReplacement(edit: Payload | undefined): Replacement | undefined {
  const oldText = textField(edit, "old_string", "oldString");
  const newText = textField(edit, "new_string", "newString");
  if (oldText === undefined || newText === undefined) return undefined;
  const replaceAll = field(edit, "replace_all", "replaceAll");
  return { oldText, newText, replaceAll: replaceAll === true || replaceAll === "true" };
}

/** Positions of a `structuredPatch`; undefined where any of it is not as it should be, for half a patch misleads. */
function parseHunks(patch: unknown): Hunk[] | undefined {
  if (!Array.isArray(patch)) return undefined;
  const hunks: Hunk[] = [];
  for (const entry of patch) {
    const hunk = asObject(entry);
    const numbers = ["oldStart", "oldLines", "newStart", "newLines"].map((name) => hunk?.[name]);
    const lines = field(hunk, "lines");
    const sound =
      numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= 0) &&
      Array.isArray(lines) &&
      lines.every((line) => typeof line === "string" && /^[ +\-\\]/.test(line));
    if (!sound) return undefined;
    const [oldStart, oldLines, newStart, newLines] = numbers as [number, number, number, number];
    // A line that begins with a backslash says that the last one has no line break; it is no line itself.
    const kinds = (lines as string[]).map((line) => line.charAt(0)).filter((kind) => kind !== "\\");
    const count = (other: string): number => kinds.filter((kind) => kind !== other).length;
    if (count("+") !== oldLines || count("-") !== newLines) return undefined;
    hunks.push({ oldStart, oldLines, newStart, newLines, kinds: kinds.join("") });
  }
  return hunks;
}
