import type { AgentEdit, AgentEvent } from "../schema/agent-event.ts";
import type { AgentReader } from "./agent-reader.ts";
import { commonPhases } from "./common-phases.ts";
import { qualifyModel } from "./model-name.ts";
import { type Payload, field, nameField, objectField } from "./payload.ts";
import { readNewestModel } from "./read-tail.ts";
import { callFields, readToolCall } from "./tool-call.ts";

/** The phase that a table names for an event; undefined for names that are none of its own. */
export function phaseOf(
  phases: Readonly<Record<string, AgentEvent["phase"]>>,
  name: string | undefined,
): AgentEvent["phase"] | undefined {
  return name !== undefined && Object.hasOwn(phases, name) ? phases[name] : undefined;
}

/** The model's name with its provider, where there is a name. */
export function modelOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : qualifyModel(name);
}

/** The fields that such payloads share, in snake and in camel case. */
export function sharedFields(
  payload: Payload,
): Pick<AgentEvent, "sessionId" | "transcriptPath" | "cwd" | "model" | "toolName" | "toolUseId"> {
  return {
    sessionId: nameField(payload, "session_id", "sessionId", "thread_id"),
    transcriptPath: nameField(payload, "transcript_path", "transcriptPath"),
    cwd: nameField(payload, "cwd"),
    model: modelOf(nameField(payload, "model", "model_id")),
    toolName: nameField(payload, "tool_name", "toolName"),
    toolUseId: nameField(payload, "tool_use_id", "toolUseId", "call_id", "callID"),
  };
}

/**
 * What is to be looked at before a call of an agent that starts all calls of a turn at once. What stands on the disk may
 * be the work of another call, so that nothing is built on it but for files that are written as a whole: nothing else
 * tells what was theirs before.
 */
export function baseless(edits: readonly AgentEdit[]): readonly AgentEdit[] {
  return edits.filter(({ kind, textBefore }) => kind === "write" && textBefore === undefined);
}

/** Whether a tool's answer says that it did not do what it was asked to. */
export function saysFailure(payload: Payload): boolean {
  const response = objectField(payload, "tool_response", "toolResponse", "tool_result");
  return (
    field(response, "success") === false ||
    field(response, "is_error", "isError") === true ||
    field(payload, "is_error", "isError") === true ||
    nameField(response, "error") !== undefined ||
    objectField(response, "error") !== undefined
  );
}

/** A reader for an agent whose payloads are Claude Code's but for the names of its tools. */
export function claudeShapedReader(
  agent: string,
  options: { readonly overlaps?: boolean } = {},
): AgentReader {
  const overlaps = options.overlaps === true;
  return {
    parseEvent(payload) {
      const name = nameField(payload, "hook_event_name", "hookEventName");
      const phase = phaseOf(commonPhases, name);
      if (name === undefined || phase === undefined) return undefined;
      const shared = sharedFields(payload);
      const call = callFields(
        readToolCall(shared.toolName, field(payload, "tool_input", "toolInput")),
      );
      const isFailure = name === "PostToolUseFailure" || saysFailure(payload);
      const hasEdits = phase !== "session" && !isFailure;
      const edits = phase === "before" && overlaps ? baseless(call.edits) : call.edits;
      return {
        agent: { name: agent },
        name,
        phase,
        ...shared,
        ...call,
        isFailure: isFailure ? true : undefined,
        overlaps: overlaps ? true : undefined,
        endsTurn: name === "Stop" ? true : undefined,
        isLast: name === "SessionEnd" ? true : undefined,
        edits: hasEdits ? edits : [],
      };
    },
    readOrigin: (_, { transcriptPath }) => readNewestModel(transcriptPath),
  };
}
