import type { Environment } from "../environment.ts";

/** Where agents look for their settings. */
export interface HookWorld {
  readonly environment: Environment;
  readonly userHome: string | undefined;
}

/** The hooks of ours that a file has. */
export interface InstalledHooks {
  /** The command that each event calls. */
  readonly calls: ReadonlyMap<string, string>;
  /** Whether every event that we want to hear of calls us, for every tool that we want to hear of. */
  readonly isComplete: boolean;
}

/**
 * One file by which an agent comes to call us. All functions take and give texts; each fails with `damaged_file`
 * where a text cannot be understood.
 */
export interface HookFile {
  /** Absolute. */
  readonly path: string;
  /** For files that the agent runs itself. */
  readonly isExecutable?: boolean;
  /** Nothing is put there; what is there of ours, from another tool, is seen and taken out. */
  readonly isOptional?: boolean;
  /**
   * The text with our hooks, each calling `command`; those that are there already have their command brought up to
   * date. `text` is undefined where there is no file yet. Everything else keeps every byte.
   */
  install(text: string | undefined, command: string): string;
  /** The text without our hooks: what stood there before they came. Undefined where nothing else is in it. */
  remove(text: string): string | undefined;
  /** What is ours in the text, and what the tool that came before us left there under the same name. */
  read(text: string): InstalledHooks;
}

/** Why hooks that are installed do not run yet, and what the person can do about it. */
export interface Obstacle {
  readonly problem: string;
  readonly fix: string;
}

/** What is recorded of an agent, in words for docs/agents.md; undefined for what is not. */
export interface Recorded {
  readonly edits: string;
  /** What its shell commands change. */
  readonly commands: string;
  /** Edits by completion while a person types. */
  readonly tab: string | undefined;
  readonly subagents: string | undefined;
  readonly model: string | undefined;
  readonly transcript: string | undefined;
  readonly notes?: string;
}

/** How an agent is made to call us: an agent's settings files, beside `AgentReader`, which knows its payloads. */
export interface AgentHooks {
  readonly recorded: Recorded;
  /** The agent's own directory, which says that this person has the agent; undefined where the home is not known. */
  home(world: HookWorld): string | undefined;
  /** Its hooks are those of another agent, which it runs: they are told, and touched, only where it is asked for by name. */
  readonly borrows?: boolean;
  /** For everything that this person does. */
  everywhere(world: HookWorld): readonly HookFile[];
  /** For this work tree and this person only. Empty for agents that have no such file. */
  local(workTree: string): readonly HookFile[];
  /** For everybody who works on this repository: written with `--shared` only. */
  team(workTree: string): readonly HookFile[];
  /** What the person still has to do before the hooks in this file run; undefined where nothing is left. */
  obstacle?(world: HookWorld, file: HookFile): Obstacle | undefined;
}
