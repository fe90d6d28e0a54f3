import type { AgentEvent } from "../schema/agent-event.ts";

/** Phases of the events that several agents have taken over from Claude Code, names and fields alike. */
export const commonPhases: Readonly<Record<string, AgentEvent["phase"]>> = {
  PreToolUse: "before",
  PostToolUse: "after",
  PostToolUseFailure: "after",
  SessionStart: "session",
  SessionEnd: "session",
  UserPromptSubmit: "session",
  Stop: "session",
  StopFailure: "session",
  SubagentStart: "session",
  SubagentStop: "session",
  PreCompact: "session",
  PostCompact: "session",
  Notification: "session",
  PermissionRequest: "session",
};
