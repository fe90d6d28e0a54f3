import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Environment, readVariable } from "../../environment.ts";
import type { AgentEvent } from "../../schema/agent-event.ts";
import type { AgentReader } from "../agent-reader.ts";
import { baseless, phaseOf } from "../claude-shaped.ts";
import { makeUpId } from "../made-up-id.ts";
import { type Payload, field, nameField, objectField } from "../payload.ts";
import { readNewestModel, readTail } from "../read-tail.ts";
import { callFields, readToolCall } from "../tool-call.ts";

/** By name without regard to case: the case of the name a hook is registered under decides the case of its fields. */
const phases: Readonly<Record<string, AgentEvent["phase"]>> = {
  pretooluse: "before",
  posttooluse: "after",
  posttoolusefailure: "after",
  sessionstart: "session",
  sessionend: "session",
  userpromptsubmit: "session",
  userpromptsubmitted: "session",
  stop: "session",
  agentstop: "session",
  subagentstart: "session",
  subagentstop: "session",
  erroroccurred: "session",
  precompact: "session",
  notification: "session",
};

export const reader: AgentReader = {
  parseEvent(payload, environment) {
    const name = eventName(payload);
    if (name?.toLowerCase() === "permissionrequest") return "ignored";
    const phase = phaseOf(phases, name?.toLowerCase());
    if (name === undefined || phase === undefined) return undefined;
    const toolName = nameField(payload, "tool_name", "toolName");
    const input = field(payload, "tool_input", "toolInput", "toolArgs");
    const call = callFields(readToolCall(toolName, input));
    const sessionId = nameField(payload, "session_id", "sessionId");
    const result = objectField(payload, "tool_result", "toolResult");
    const outcome = nameField(result, "result_type", "resultType") ?? "success";
    const isFailure = name.toLowerCase() === "posttoolusefailure" || outcome !== "success";
    return {
      agent: { name: "copilot" },
      name,
      phase,
      sessionId,
      transcriptPath:
        nameField(payload, "transcript_path", "transcriptPath") ??
        transcriptOf(sessionId, environment),
      subagentId: nameField(payload, "agent_id", "agentId"),
      cwd: nameField(payload, "cwd"),
      toolName,
      toolUseId:
        phase === "session" ? undefined : makeUpId(milliseconds(payload), argumentsText(input)),
      ...call,
      isFailure: isFailure ? true : undefined,
      overlaps: true,
      endsTurn: /^(?:agent)?stop$/i.test(name) ? true : undefined,
      isLast: name.toLowerCase() === "sessionend" ? true : undefined,
      edits:
        phase === "session" || isFailure
          ? []
          : phase === "before"
            ? baseless(call.edits)
            : call.edits,
    };
  },
  readOrigin: (_, { transcriptPath }) => readNewestModel(transcriptPath),
};

/** In camel case the payload has no name of its own: what it holds tells. */
function eventName(payload: Payload): string | undefined {
  const named = nameField(payload, "hook_event_name", "hookEventName", "hookName");
  if (named !== undefined) return named;
  const has = (...names: readonly string[]): boolean => field(payload, ...names) !== undefined;
  if (has("toolName", "tool_name")) {
    if (has("toolResult", "tool_result")) return "postToolUse";
    return has("error") ? "postToolUseFailure" : "preToolUse";
  }
  if (has("prompt")) return "userPromptSubmitted";
  if (has("reason")) return "sessionEnd";
  if (has("source")) return "sessionStart";
  if (has("stopReason", "stop_reason")) return has("response") ? "subagentStop" : "agentStop";
  return has("agentName", "agent_name") ? "subagentStart" : undefined;
}

/** One moment in both spellings: a number, or ISO 8601. */
function milliseconds(payload: Payload): number | undefined {
  const time = field(payload, "timestamp");
  if (typeof time === "number") return time;
  const parsed = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

function argumentsText(input: unknown): string {
  return typeof input === "string" ? input : JSON.stringify(input ?? null);
}

/** How many sessions are looked through for a subagent's, the newest first. */
const searched = 3;

/**
 * The events of tools name no transcript; it stands below the session's id. A subagent's events have its own id in the
 * session's place, and stand in its parent's transcript.
 */
function transcriptOf(session: string | undefined, environment: Environment): string | undefined {
  const home = readVariable(environment, "HOME") ?? readVariable(environment, "USERPROFILE");
  if (home === undefined || session === undefined) return undefined;
  if (!/^[A-Za-z0-9-]{8,64}$/.test(session)) return undefined;
  const sessions = join(home, ".copilot", "session-state");
  const own = join(sessions, session, "events.jsonl");
  if (changedAt(own) > 0) return own;
  try {
    const paths = readdirSync(sessions).map((name) => join(sessions, name, "events.jsonl"));
    const newest = paths
      .map((path) => ({ path, time: changedAt(path) }))
      .sort((one, other) => other.time - one.time)
      .slice(0, searched);
    return newest.find(({ path }) => readTail(path, 1024 * 1024).includes(session))?.path;
  } catch {
    return undefined;
  }
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
