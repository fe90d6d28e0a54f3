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
];

export function agentNamed(name: string): Agent | undefined {
  return agents.find((agent) => agent.name === name);
}

/** Other names under which agents are asked for. */
const nicknames: Readonly<Record<string, string>> = { claude: "claude-code" };

/** The agent that a person means by `--tool`. */
export function agentMeant(typed: string): Agent | undefined {
  const name = typed.toLowerCase();
  return agentNamed(Object.hasOwn(nicknames, name) ? (nicknames[name] ?? name) : name);
}
