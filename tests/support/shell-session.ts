import { type AgentSession, agentSession } from "./agent-session.ts";
import { gitTestEnvironment } from "./repository.ts";

/** An agent that runs commands, and reports each before and after. */
export interface ShellSession extends AgentSession {
  /** Runs a command by hand: nobody is told. */
  sh(command: string): void;
  before(command: string, call: ShellCall): Promise<void>;
  after(command: string, call: ShellCall): Promise<void>;
  /** A whole call: the event before, the command, the event after. */
  bash(command: string, call?: Partial<ShellCall>): Promise<void>;
}

export interface ShellCall {
  readonly id: string;
  /** Further fields of both events, such as `agent_id`. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly fails?: boolean;
}

export async function shellSession(): Promise<ShellSession> {
  const session = await agentSession();
  let calls = 0;
  const event = async (name: string, command: string, call: ShellCall): Promise<void> => {
    const { exitCode, stderr } = await session.hook({
      hook_event_name: name,
      tool_name: "Bash",
      tool_use_id: call.id,
      tool_input: { command },
      ...(name === "PreToolUse" ? {} : { tool_response: call.response ?? { stdout: "" } }),
      ...call.more,
    });
    if (exitCode !== 0) throw new Error(stderr);
  };
  const shell: Omit<ShellSession, keyof AgentSession> = {
    sh(command) {
      Bun.spawnSync(["sh", "-c", command], {
        cwd: session.repo.path,
        env: { ...gitTestEnvironment, HOME: session.home } as Record<string, string>,
      });
    },
    before: (command, call) => event("PreToolUse", command, call),
    after: (command, call) =>
      event(call.fails === true ? "PostToolUseFailure" : "PostToolUse", command, call),
    async bash(command, call = {}) {
      const own = { id: `bash_${calls++}`, ...call };
      await shell.before(command, own);
      shell.sh(command);
      await shell.after(command, own);
    },
  };
  return Object.assign(session, shell);
}
