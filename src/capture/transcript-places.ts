import { resolve } from "node:path";
import type { Environment } from "../environment.ts";

/** Pieces of paths below which an agent keeps its transcripts, and variables that name other places. */
const places: Readonly<Record<string, readonly string[]>> = {
  "claude-code": ["/.claude/"],
  cursor: ["/.cursor/"],
  codex: ["/.codex/"],
  "gemini-cli": ["/.gemini/"],
  copilot: ["/.copilot/"],
  "vscode-copilot": ["/.vscode", "copilot-chat", "/code/user/", "/.claude/"],
  opencode: ["/opencode/"],
  windsurf: ["/.windsurf/", "/.codeium/"],
  amp: ["/amp/"],
  droid: ["/.factory/"],
  continue: ["/.continue/"],
  cline: ["/cline/", "claude-dev"],
  pi: ["/.pi/"],
};

const variables: Readonly<Record<string, "CLAUDE_CONFIG_DIR" | "CODEX_HOME">> = {
  "claude-code": "CLAUDE_CONFIG_DIR",
  codex: "CODEX_HOME",
};

/**
 * Whether what a payload calls a transcript stands where its agent keeps them: any file could be named in a payload.
 * Of an agent that is not known here nothing can be said.
 */
export function isOwnTranscript(agent: string, path: string, environment: Environment): boolean {
  if (!Object.hasOwn(places, agent)) return true;
  const plain = `${resolve(path).replaceAll("\\", "/")}`;
  const name = Object.hasOwn(variables, agent) ? variables[agent] : undefined;
  const configured = name === undefined ? undefined : environment[name];
  if (configured !== undefined && configured !== "") {
    const home = resolve(configured).replaceAll("\\", "/");
    if (plain.startsWith(`${home}/`)) return true;
  }
  const lower = plain.toLowerCase();
  return (places[agent] ?? []).some((piece) => lower.includes(piece));
}
