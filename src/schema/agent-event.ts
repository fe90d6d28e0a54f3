/**
 * What a coding agent's hook told, in words that belong to no agent: `capture/` makes it from a payload, everything
 * else reads only this. Texts are well-formed Unicode; nothing in it has been checked against the disk.
 */
export interface AgentEvent {
  /** Such as `claude-code`; the version where it is known. */
  readonly agent: { readonly name: string; readonly version?: string | undefined };
  /** The event as the agent calls it, such as `PostToolUse`. */
  readonly name: string;
  /** Before a tool runs, after it ran, or no tool at all: session start and end, prompts, stops. */
  readonly phase: "before" | "after" | "session";
  readonly sessionId?: string | undefined;
  /**
   * Of the conversation in which this happened: within a subagent its own, where that is known. Exactly as the agent
   * gave it: its hash is the conversation's id.
   */
  readonly transcriptPath?: string | undefined;
  /** The transcript stands where this agent keeps none: it is named, and not kept. */
  readonly hasForeignTranscript?: boolean | undefined;
  /** Of the conversation that started the one of `transcriptPath`. */
  readonly parentTranscriptPath?: string | undefined;
  /** The subagent that acts; undefined for the session's own agent. */
  readonly subagentId?: string | undefined;
  /** Where the agent stands; relative paths of edits start here. */
  readonly cwd?: string | undefined;
  /** As the agent names it, such as `anthropic/claude-sonnet-4-5`; undefined where it must be looked up elsewhere. */
  readonly model?: string | undefined;
  readonly toolName?: string | undefined;
  readonly toolUseId?: string | undefined;
  /** The tool runs commands: which files it changes is not said. */
  readonly isShell: boolean;
  /** The command line, in memory only: it is never stored. */
  readonly command?: string | undefined;
  /** The command goes on after this event and changes files later. */
  readonly isBackground?: boolean | undefined;
  /** As what the agent lists that command among its tasks while it runs. */
  readonly backgroundTask?: string | undefined;
  /** The tasks that still run, of agents that tell. */
  readonly runningTasks?: readonly string[] | undefined;
  /** The call failed. What a command changed before it failed stands all the same. */
  readonly isFailure?: boolean | undefined;
  /**
   * The agent starts all calls of a turn at once: what stands on the disk before this call may be the work of another
   * one that is not reported yet, and not a person's.
   */
  readonly overlaps?: boolean | undefined;
  /** The agent has done what it was asked to and waits for a person. */
  readonly endsTurn?: boolean | undefined;
  /** Nothing more comes of this session. */
  readonly isLast?: boolean | undefined;
  /** Empty for everything that edits nothing, and for edits that failed or were only staged. */
  readonly edits: readonly AgentEdit[];
}

/** What one tool call does to one file. Before the tool runs, it is what the tool is asked to do. */
export interface AgentEdit {
  /** Absolute, or relative to the event's `cwd`. */
  readonly path: string;
  /** `write` sets the whole text; `replace` puts new text for old; `notebook` rewrites a cell; `delete` removes the file. */
  readonly kind: "write" | "replace" | "notebook" | "delete";
  /** Of `replace`, one after the other in this order. */
  readonly replacements: readonly Replacement[];
  /** The whole text before the edit as reported; null: there was no file; undefined: not reported. */
  readonly textBefore?: string | null | undefined;
  /** The whole text after it as the agent means it: what a write sets; undefined: not reported. */
  readonly textAfter?: string | undefined;
  /** Where lines changed as reported; undefined or empty: not reported. Positions only: reported line texts lie. */
  readonly hunks?: readonly Hunk[] | undefined;
  /** The file's path before the edit, where the edit also moved it; as `path`. */
  readonly movedFrom?: string | undefined;
  /** A person changed the proposal before it was accepted. */
  readonly userModified: boolean;
}

export interface Replacement {
  /** Empty where a new file is created. */
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll: boolean;
  /**
   * Where the old text begins, as reported: in the text that this replacement is made on, so after those before it.
   * Line and column are 1-based, the column in UTF-16 units. Undefined: not reported; the text must be searched for.
   */
  readonly at?: { readonly line: number; readonly column: number } | undefined;
}

/** 1-based first lines and counts, as in a unified diff; `kinds` has one of `" "`, `"-"`, `"+"` per line of the hunk. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly kinds: string;
}
