/** The local pages: what they show, the page itself and who may ask for it. What is shown comes through `ViewerSource`. */

/** A tracked file and how much of what commits added to it an agent wrote. */
export interface ListedFile {
  readonly path: string;
  readonly added: number;
  readonly ai: number;
}

export interface ProjectView {
  readonly name: string;
  readonly branch: string | null;
  readonly files: readonly ListedFile[];
}

/** Neighbouring lines of one author and commit. 1-based, inclusive. */
export interface RunView {
  readonly start: number;
  readonly end: number;
  readonly ai: boolean;
  readonly agent: string | null;
  readonly model: string | null;
  readonly conversation: string | null;
  readonly trace: string | null;
  readonly time: string | null;
  readonly commit: string | null;
  readonly source: string | null;
}

export interface CommitFacts {
  readonly author: string;
  readonly time: string;
  readonly subject: string;
}

export interface TextView {
  readonly path: string;
  /** Null of a file that is no text. */
  readonly lines: readonly string[] | null;
}

export interface FileView extends TextView {
  /** For each line pairs of a kind's number and a length; empty where nothing is known of the language. */
  readonly tokens: readonly (readonly number[])[];
  readonly aiLines: number;
  readonly runs: readonly RunView[];
  readonly commits: Readonly<Record<string, CommitFacts>>;
  /** Conversations of which something is kept here. */
  readonly kept: readonly string[];
}

/** Why a line is an agent's: facts, each with the record that it comes from. */
export interface WhyView {
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** The last words of a person before the edit, and where they stand in the conversation. */
  readonly prompt: { readonly text: string; readonly turn: number } | null;
}

export type TurnPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "thinking"; readonly text: string }
  | {
      readonly kind: "tool";
      readonly name: string;
      /** The file that it edits, else a line of what it is asked. */
      readonly target: string;
      readonly added: number;
      readonly removed: number;
      readonly failed: boolean;
    };

export interface TurnView {
  readonly speaker: "user" | "assistant";
  readonly time: string | null;
  readonly model: string | null;
  readonly subagent: boolean;
  readonly parts: readonly TurnPart[];
}

/** What a page has of a conversation already. */
export interface SeenPart {
  /** Which reading its turns are of; empty at first. */
  readonly reading: string;
  readonly turns: number;
  /** How many changes of earlier turns it has heard of. */
  readonly changes: number;
}

/** Some of a conversation's turns: it is shown while the rest of it is read. */
export interface ConversationPart {
  readonly reading: string;
  /** The place of the first of the turns. */
  readonly from: number;
  readonly turns: readonly TurnView[];
  /** Earlier turns that are another now, such as by a tool's result. */
  readonly changed: readonly { readonly at: number; readonly turn: TurnView }[];
  readonly changes: number;
  /** Bytes of the transcript that were read so far, as masked. */
  readonly read: number;
  readonly isWhole: boolean;
  /** Lines of the transcript that could not be read. */
  readonly unreadable: number;
  readonly tokens: {
    readonly input: number;
    readonly output: number;
    readonly cached: number;
  } | null;
}

export interface ConversationView extends ConversationPart {
  readonly id: string;
  readonly bytes: number;
  readonly summary: string | null;
  /** Files with lines that this conversation wrote, as commits have them. Told with the first turn. */
  readonly files: readonly {
    readonly path: string;
    readonly lines: number;
    readonly commits: number;
  }[];
}

/** One tool call opened: what it changes, else what it was asked, and what came of it. */
export interface ToolView {
  readonly diff: readonly { readonly mark: " " | "-" | "+"; readonly text: string }[];
  readonly input: string;
  readonly output: string;
}

export interface SessionView {
  readonly id: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly first: string | null;
  readonly last: string | null;
  readonly edits: number;
  readonly files: number;
  /** Lines in the ledgers of commits. */
  readonly lines: number;
  readonly prompt: string | null;
  readonly kept: boolean;
}

export interface SearchQuestion {
  readonly text: string;
  readonly agent: string | undefined;
  /** A day, such as 2026-02-10. */
  readonly since: string | undefined;
  readonly file: string | undefined;
  readonly limit: number;
}

export interface SearchView {
  /** The newest first. */
  readonly hits: readonly {
    readonly conversation_id: string;
    readonly agent: string;
    readonly time: string;
    readonly speaker: string;
    /** Of all that was said in the conversation; `said` makes a turn of it. */
    readonly place: number;
    readonly excerpt: string;
  }[];
  readonly more: boolean;
  /** Whose conversations there are. */
  readonly agents: readonly string[];
}

export interface HealthView {
  readonly findings: readonly {
    readonly level: "ok" | "warn" | "fail";
    readonly area: string;
    readonly message: string;
    readonly fix: string | null;
  }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly remotes: readonly {
    readonly name: string;
    readonly url: string;
    readonly lacks: Readonly<Record<string, number>>;
    readonly heldBack: number;
  }[];
  readonly errors: readonly {
    readonly time: string;
    readonly hook: string;
    readonly reason: string;
  }[];
}

/** What the pages ask. Everything is read; nothing is written. */
export interface ViewerSource {
  project(): Promise<ProjectView>;
  /** Shown until `file` has found out who wrote it. */
  text(path: string): Promise<TextView>;
  file(path: string): Promise<FileView>;
  why(line: {
    path: string;
    commit: string | null;
    trace: string | null;
    line: number;
  }): Promise<WhyView>;
  /** The part that the page lacks; asked again until it is whole. */
  conversation(id: string, seen: SeenPart): Promise<ConversationView>;
  tool(call: { id: string; turn: number; part: number }): Promise<ToolView>;
  report(range: string | undefined): Promise<object>;
  sessions(): Promise<readonly SessionView[]>;
  search(question: SearchQuestion): Promise<SearchView>;
  /** The turn of a conversation's page in which something stands that a search found. */
  said(place: { id: string; place: number }): Promise<{ readonly turn: number }>;
  health(): Promise<HealthView>;
  /** Calls back when something was recorded or committed, until the signal ends it. */
  watch(changed: () => void, signal: AbortSignal): void;
}
