import { tellInPlugin } from "../own-file.ts";

/**
 * The plugin that OpenCode loads. It sends the shape of Claude Code's payloads, and the tool's metadata, which says
 * exactly what an edit changed. OpenCode keeps its sessions in a database: the plugin writes what was said to a file of
 * its own, of which a live copy is taken as of any transcript.
 */
export const plugin = `// Tells agent-trace what OpenCode does. Written by \`agent-trace hooks setup-global\` or \`agent-trace init\`.
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const command = "";
${tellInPlugin}
const data = process.env["XDG_DATA_HOME"] || join(homedir(), ".local", "share");
const transcripts = join(data, "opencode", "agent-trace");
const models = new Map<string, string>();
const parents = new Map<string, string>();
const written = new Set<string>();

function transcriptOf(session: string): string {
  return join(transcripts, session.replaceAll(/[^A-Za-z0-9_-]/g, "") + ".jsonl");
}

function keep(session: string, id: string, row: Record<string, unknown>): void {
  if (written.has(id)) return;
  written.add(id);
  try {
    mkdirSync(transcripts, { recursive: true, mode: 0o700 });
    const line = JSON.stringify({ type: "opencode", at: new Date().toISOString(), ...row });
    appendFileSync(transcriptOf(session), line + "\\n", { mode: 0o600 });
  } catch {}
}

function note(event: any): void {
  const { info, part } = event.properties ?? {};
  if (event.type === "session.created" && info?.parentID) parents.set(info.id, info.parentID);
  if (event.type === "message.updated" && info?.sessionID) {
    if (info.role === "assistant" && info.time?.completed) {
      const { role, modelID, providerID, tokens, cost } = info;
      keep(info.sessionID, info.id, { id: info.id, role, modelID, providerID, tokens, cost });
    } else if (info.role === "user") keep(info.sessionID, info.id, { id: info.id, role: "user" });
  }
  if (event.type !== "message.part.updated" || !part?.sessionID) return;
  const { id, messageID, type, text, callID, tool } = part;
  const isOver = part.time === undefined || part.time.end !== undefined;
  if (type === "text" && text && isOver && !part.synthetic) {
    keep(part.sessionID, id, { message: messageID, text });
  } else if (type === "tool" && ["completed", "error"].includes(part.state?.status)) {
    keep(part.sessionID, id, { message: messageID, tool, callID });
  }
}

export const AgentTrace = async ({ directory }: any) => {
  const send = (name: string, session: string | undefined, rest: Record<string, unknown> = {}) => {
    const parent = session === undefined ? undefined : parents.get(session);
    return tell({
      agent_trace_plugin: "opencode",
      hook_event_name: name,
      session_id: session,
      transcript_path: session === undefined ? undefined : transcriptOf(session),
      parent_transcript_path: parent === undefined ? undefined : transcriptOf(parent),
      cwd: directory,
      model: session === undefined ? undefined : models.get(session),
      ...rest,
    });
  };
  const listened = /^(?:write|edit|multiedit|patch|apply_patch|bash)$/;
  return {
    "chat.message": async (input: any) => {
      const { providerID, modelID } = input.model ?? {};
      if (modelID) models.set(input.sessionID, providerID ? providerID + "/" + modelID : modelID);
      await send("UserPromptSubmit", input.sessionID);
    },
    "tool.execute.before": async (input: any, output: any) => {
      if (!listened.test(input.tool)) return;
      const { tool, callID } = input;
      const call = { tool_name: tool, tool_use_id: callID, tool_input: output?.args };
      await send("PreToolUse", input.sessionID, call);
    },
    "tool.execute.after": async (input: any, output: any) => {
      if (!listened.test(input.tool)) return;
      const { files, filediff, diff, exists } = output?.metadata ?? {};
      await send("PostToolUse", input.sessionID, {
        tool_name: input.tool,
        tool_use_id: input.callID,
        tool_input: input.args,
        tool_metadata: { files, filediff, diff, exists },
      });
    },
    event: async ({ event }: any) => {
      try {
        note(event);
      } catch {}
      if (event.type === "session.idle") await send("Stop", event.properties?.sessionID);
    },
  };
};
`;
