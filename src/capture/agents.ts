/**
 * What is known about coding agents: how their payloads read and where their hooks stand, one folder per agent.
 * Set-up, doctor, status, rules and the docs walk this list; `record` loads of it only the reader of the agent that
 * calls, for it runs at every tool call. Nothing that a reader loads is a library.
 */
import type { AgentHooks } from "./agent-hooks.ts";
import type { AgentReader } from "./agent-reader.ts";

export interface Agent {
  /** As records have it in `tool.name`, and as `--tool` takes it. */
  readonly name: string;
  /** As its makers call it. */
  readonly title: string;
  loadReader(): Promise<AgentReader>;
  loadHooks(): Promise<AgentHooks>;
}

export const agents: readonly Agent[] = [
  {
    name: "claude-code",
    title: "Claude Code",
    loadReader: async () => (await import("./claude-code/reader.ts")).reader,
    loadHooks: async () => (await import("./claude-code/hooks.ts")).hooks,
  },
  {
    name: "cursor",
    title: "Cursor",
    loadReader: async () => (await import("./cursor/reader.ts")).reader,
    loadHooks: async () => (await import("./cursor/hooks.ts")).hooks,
  },
  {
    name: "codex",
    title: "Codex",
    loadReader: async () => (await import("./codex/reader.ts")).reader,
    loadHooks: async () => (await import("./codex/hooks.ts")).hooks,
  },
  {
    name: "gemini-cli",
    title: "Gemini CLI",
    loadReader: async () => (await import("./gemini-cli/reader.ts")).reader,
    loadHooks: async () => (await import("./gemini-cli/hooks.ts")).hooks,
  },
  {
    name: "copilot",
    title: "GitHub Copilot CLI",
    loadReader: async () => (await import("./copilot/reader.ts")).reader,
    loadHooks: async () => (await import("./copilot/hooks.ts")).hooks,
  },
  {
    name: "vscode-copilot",
    title: "GitHub Copilot in VS Code",
    loadReader: async () => (await import("./vscode-copilot/reader.ts")).reader,
    loadHooks: async () => (await import("./vscode-copilot/hooks.ts")).hooks,
  },
  {
    name: "opencode",
    title: "OpenCode",
    loadReader: async () => (await import("./opencode/reader.ts")).reader,
    loadHooks: async () => (await import("./opencode/hooks.ts")).hooks,
  },
  {
    name: "windsurf",
    title: "Windsurf",
    loadReader: async () => (await import("./windsurf/reader.ts")).reader,
    loadHooks: async () => (await import("./windsurf/hooks.ts")).hooks,
  },
  {
    name: "amp",
    title: "Amp",
    loadReader: async () => (await import("./amp/reader.ts")).reader,
    loadHooks: async () => (await import("./amp/hooks.ts")).hooks,
  },
  {
    name: "droid",
    title: "Factory Droid",
    loadReader: async () => (await import("./droid/reader.ts")).reader,
    loadHooks: async () => (await import("./droid/hooks.ts")).hooks,
  },
  {
    name: "continue",
    title: "Continue CLI",
    loadReader: async () => (await import("./continue/reader.ts")).reader,
    loadHooks: async () => (await import("./continue/hooks.ts")).hooks,
  },
  {
    name: "cline",
    title: "Cline",
    loadReader: async () => (await import("./cline/reader.ts")).reader,
    loadHooks: async () => (await import("./cline/hooks.ts")).hooks,
  },
  {
    name: "pi",
    title: "Pi",
    loadReader: async () => (await import("./pi/reader.ts")).reader,
    loadHooks: async () => (await import("./pi/hooks.ts")).hooks,
  },
];

/** What any agent may send by itself; it has no hooks of its own to install. */
const generic: Pick<Agent, "loadReader"> = {
  loadReader: async () => (await import("./generic/reader.ts")).reader,
};

/** Who reads the payloads of an agent; undefined for one that nobody here knows. */
export function readerOf(name: string): Pick<Agent, "loadReader"> | undefined {
  return name === "generic" ? generic : agentNamed(name);
}

export function agentNamed(name: string): Agent | undefined {
  return agents.find((agent) => agent.name === name);
}

/** Other names under which agents are asked for. */
const nicknames: Readonly<Record<string, string>> = {
  claude: "claude-code",
  gemini: "gemini-cli",
  "copilot-cli": "copilot",
  vscode: "vscode-copilot",
  "github-copilot": "copilot",
  factory: "droid",
};

/** The agent that a person means by `--tool`. */
export function agentMeant(typed: string): Agent | undefined {
  const name = typed.toLowerCase();
  return agentNamed(Object.hasOwn(nicknames, name) ? (nicknames[name] ?? name) : name);
}
