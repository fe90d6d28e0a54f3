import { type Payload, field, nameField } from "./payload.ts";

/** What tells whose a transcript is by its path, for payloads that are alike in everything else. The first one counts. */
const transcriptHomes: readonly (readonly [part: string, agent: string])[] = [
  ["/.cursor/", "cursor"],
  ["/.factory/", "droid"],
  ["/.continue/", "continue"],
  ["/.gemini/", "gemini-cli"],
  ["/.codex/", "codex"],
  ["/.windsurf/", "windsurf"],
  ["/.claude/", "claude-code"],
  ["/.copilot/", "copilot"],
  ["/.pi/agent/", "pi"],
  ["github.copilot", "vscode-copilot"],
  ["github copilot", "vscode-copilot"],
];

/** Agents that our own plugins speak for; they say so. */
const plugins = new Set(["opencode", "amp", "pi"]);

/**
 * Which agent sent a payload, judged by the payload alone: editors such as Cursor and VS Code run another agent's
 * hooks beside their own, and one edit must not become two traces. Undefined for payloads of no agent we know.
 */
export function recogniseAgent(payload: Payload): string | undefined {
  const has = (...names: readonly string[]): boolean => field(payload, ...names) !== undefined;
  if (has("agent_trace_event")) return "generic";
  const plugin = nameField(payload, "agent_trace_plugin");
  if (plugin !== undefined) return plugins.has(plugin) ? plugin : undefined;
  if (has("cursor_version", "cursorVersion")) return "cursor";
  if (has("agent_action_name", "trajectory_id")) return "windsurf";
  if (has("clineVersion")) return "cline";
  if (has("turn_id", "turn-id") || nameField(payload, "type") === "agent-turn-complete") {
    return "codex";
  }
  const name = nameField(payload, "hook_event_name", "hookEventName");
  if (name !== undefined && /^(?:Before|After)(?:Tool|Agent|Model)/.test(name)) return "gemini-cli";
  if (has("toolArgs", "tool_result", "toolResult")) return "copilot";
  const path = nameField(payload, "transcript_path", "transcriptPath") ?? "";
  const transcript = path.replaceAll("\\", "/").toLowerCase();
  const home = transcriptHomes.find(([part]) => transcript.includes(part));
  if (home !== undefined) return home[1];
  if (has("extensionId", "extension_id")) return "vscode-copilot";
  const thread = nameField(payload, "thread_id");
  if (thread?.startsWith("T-") === true) return "amp";
  const session = nameField(payload, "session_id", "sessionId");
  if (session?.startsWith("ses_") === true) return "opencode";
  if (session === undefined) return undefined;
  // VS Code sends Claude Code's tool events with camel case for everything around them.
  if (has("hookEventName") && has("tool_use_id") && has("sessionId")) return "vscode-copilot";
  // Claude Code always names a transcript; Copilot does not, and stamps its events with the time.
  const isStamped = has("timestamp") && path === "";
  if (
    isStamped &&
    (name !== undefined || has("toolName", "agentName", "source", "reason", "prompt"))
  ) {
    return "copilot";
  }
  // A configured directory may hold Claude's transcripts under any name; what is left has its shape.
  return name === undefined ? undefined : "claude-code";
}
