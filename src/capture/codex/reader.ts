import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AgentEvent } from "../../schema/agent-event.ts";
import type { AgentReader } from "../agent-reader.ts";
import { modelOf, phaseOf, sharedFields } from "../claude-shaped.ts";
import { commonPhases } from "../common-phases.ts";
import { type Payload, asObject, field, nameField } from "../payload.ts";
import { readTail, rowsBackward } from "../read-tail.ts";
import { callFields, readToolCall } from "../tool-call.ts";
import { readFileChange } from "./file-change.ts";

export const reader: AgentReader = {
  parseEvent(payload) {
    if (nameField(payload, "type") === "agent-turn-complete") return notified(payload);
    const name = nameField(payload, "hook_event_name", "hookEventName");
    const phase = phaseOf(commonPhases, name);
    if (name === undefined || phase === undefined) return undefined;
    const shared = sharedFields(payload);
    const call = callFields(
      readToolCall(shared.toolName, field(payload, "tool_input", "toolInput")),
    );
    const conversation = conversationOf(payload);
    return {
      agent: { name: "codex" },
      name,
      phase,
      ...shared,
      ...conversation,
      ...call,
      subagentId: nameField(payload, "agent_id", "agentId"),
      endsTurn: name === "Stop" ? true : undefined,
      isLast: name === "SessionEnd" ? true : undefined,
      edits:
        phase === "session"
          ? []
          : ((phase === "after"
              ? readFileChange(conversation.transcriptPath, shared.toolUseId)
              : undefined) ?? call.edits),
    };
  },
  readOrigin(_, { transcriptPath }) {
    const head = transcriptPath === undefined ? "" : readTail(transcriptPath, 1024 * 1024);
    for (const row of rowsBackward(head, '"cli_version"')) {
      const version = nameField(asObject(row["payload"]), "cli_version");
      if (version !== undefined) return { model: undefined, version };
    }
    return { model: undefined, version: undefined };
  },
};

/** `notify`, the older way: a turn is over, and nothing is said of files. */
function notified(payload: Payload): AgentEvent {
  return {
    agent: { name: "codex" },
    name: "agent-turn-complete",
    phase: "session",
    sessionId: nameField(payload, "thread-id", "thread_id", "threadId"),
    cwd: nameField(payload, "cwd"),
    model: modelOf(nameField(payload, "model")),
    isShell: false,
    endsTurn: true,
    edits: [],
  };
}

/**
 * Within a subagent the transcript is its own and the session its parent's; when it stops, the transcript is the parent's
 * and its own is told beside.
 */
function conversationOf(
  payload: Payload,
): Pick<AgentEvent, "transcriptPath" | "parentTranscriptPath"> {
  const told = nameField(payload, "transcript_path", "transcriptPath");
  const own = nameField(payload, "agent_transcript_path");
  if (own !== undefined && own !== told) {
    return { transcriptPath: own, parentTranscriptPath: told };
  }
  if (nameField(payload, "agent_id", "agentId") === undefined) return { transcriptPath: told };
  const parent = parentBeside(told, nameField(payload, "session_id", "sessionId"));
  return { transcriptPath: told, parentTranscriptPath: parent };
}

/** The transcript of a session, which stands in the same day's directory and ends in the session's id. */
function parentBeside(path: string | undefined, session: string | undefined): string | undefined {
  if (path === undefined || session === undefined) return undefined;
  if (!/^[A-Za-z0-9-]{8,64}$/.test(session) || path.endsWith(`-${session}.jsonl`)) return undefined;
  try {
    const name = readdirSync(dirname(path)).find((file) => file.endsWith(`-${session}.jsonl`));
    return name === undefined ? undefined : join(dirname(path), name);
  } catch {
    return undefined;
  }
}
