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
  ["github.copilot", "copilot"],
  ["github copilot", "copilot"],
];

/**
 * Which agent sent a payload, judged by the payload alone: editors such as Cursor and VS Code run another agent's
 * hooks beside their own, and one edit must not become two traces. Undefined for payloads of no agent we know.
 */
export function recogniseAgent(payload: Payload): string | undefined {
  const has = (...names: readonly string[]): boolean => field(payload, ...names) !== undefined;
  if (has("cursor_version", "cursorVersion")) return "cursor";
  if (has("agent_action_name", "trajectory_id")) return "windsurf";
  if (has("clineVersion")) return "cline";
  if (has("turn_id", "turn-id")) return "codex";
  if (has("toolArgs", "tool_result", "toolResult")) return "copilot";
  const path = nameField(payload, "transcript_path", "transcriptPath") ?? "";
  const transcript = path.replaceAll("\\", "/").toLowerCase();
  const home = transcriptHomes.find(([part]) => transcript.includes(part));
  if (home !== undefined) return home[1];
  if (has("extensionId", "extension_id")) return "copilot";
  // A configured directory may hold Claude's transcripts under any name; what is left has its shape.
  const claudeShaped = has("hook_event_name", "hookEventName") && has("session_id", "sessionId");
  return claudeShaped ? "claude-code" : undefined;
}
