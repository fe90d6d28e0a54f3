import { type Payload, asObject } from "./payload.ts";

/** Rows of Claude Code in which nobody says anything: requests as they went out, and what stood in them. */
const requestRows = new Set(["api-request", "api-request-shape", "api-request-blob"]);
const ownAttachments = new Set([
  "prompt_snapshot",
  "skill_listing",
  "deferred_tools_record",
  "agent_listing_delta",
  "session_context",
  "environment",
]);
/** Of Codex and of Copilot CLI. */
const ownRows = new Set(["world_state", "system.message", "hook.start", "hook.end"]);
const ownRoles = new Set(["developer", "system"]);

/** A row that is to go has one of these words in it; most rows have none, and are not parsed. */
const words = [
  "api-request",
  ...ownAttachments,
  ...ownRows,
  "base_instructions",
  "additional_tools",
  '"developer"',
  '"system"',
].map((word) => Buffer.from(word));

/**
 * A line of a transcript without what the agent keeps for itself: system prompts, schemas of tools, requests as they went
 * out. Undefined where nothing else is in it. What is said, asked of tools and answered by them stays byte for byte, and so
 * does a line of a form that nobody here knows.
 */
export function withoutBookkeeping(line: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.length);
  if (!words.some((word) => bytes.includes(word))) return line;
  let row: Payload | undefined;
  try {
    row = asObject(JSON.parse(bytes.toString("utf8")));
  } catch {
    return line; // torn, or text
  }
  if (row === undefined) return line;
  if (isBookkeeping(row)) return undefined;
  const payload = asObject(row["payload"]);
  if (row["type"] !== "session_meta" || payload?.["base_instructions"] === undefined) return line;
  const { base_instructions: _, ...rest } = payload;
  return Buffer.from(JSON.stringify({ ...row, payload: rest }));
}

/** Whether a row is the agent's own book, though some hold a message that looks like a person's. */
export function isBookkeeping(row: Payload): boolean {
  const type = String(row["type"]);
  if (requestRows.has(type) || ownRows.has(type)) return true;
  if (type === "attachment")
    return ownAttachments.has(String(asObject(row["attachment"])?.["type"]));
  const payload = asObject(row["payload"]);
  if (type !== "response_item" || payload === undefined) return false;
  return payload["type"] === "additional_tools" || ownRoles.has(String(payload["role"]));
}
