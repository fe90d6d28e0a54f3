import type { BlobId } from "../../schema/ids.ts";
import type { Microseconds, Project } from "../project.ts";

/** A commit as git counts it: what a client sends, since the service has no repository. */
export interface CommitCounts {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly at: Microseconds;
  readonly files: readonly FileCount[];
}

export interface FileCount {
  readonly path: string;
  /** Null of a file whose lines git does not count. */
  readonly added: number | null;
  /** Not counted with the rest; null: counted. */
  readonly apart: "generated" | "vendored" | "binary" | null;
}

/** A commit that something is known of. */
export interface KnownCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly at: Microseconds | null;
  /** When its ledger, else its link, was made; null where there is neither. */
  readonly recorded: Microseconds | null;
  /** Whether a client sent what git counts of it. */
  readonly counted: boolean;
}

export interface CommitFile extends FileCount {
  readonly sha: string;
}

/** Lines of a file of a commit that a ledger claims. */
export interface ClaimedLines {
  readonly sha: string;
  readonly path: string;
  readonly conversation: string | null;
  readonly agent: string | null;
  readonly model: string | null;
  readonly trace: string;
  readonly lines: number;
}

/** Commits of a project: those of a time (from, up to before), or those that are named. */
export type CommitChoice =
  | { readonly from: Microseconds; readonly to: Microseconds }
  | { readonly shas: readonly string[] };

export interface SeenConversation {
  readonly id: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly first: Microseconds | null;
  readonly last: Microseconds | null;
  readonly edits: number;
  /** Who sent its traces: a token's id, or a gateway's user. */
  readonly writer: string | null;
  /** Its transcript; null where none is here. */
  readonly blob: BlobId | null;
  /** The beginning of what people said in it; null until it was read. */
  readonly words: string | null;
  readonly summary: string | null;
  /** Lines and files in ledgers. */
  readonly lines: number;
  readonly files: number;
}

export interface ProjectOverview {
  readonly project: string;
  readonly commits: number;
  readonly conversations: number;
  readonly lines: number;
  readonly last: Microseconds | null;
}

export interface Finding {
  readonly kind: "file" | "commit";
  /** The path or the commit. */
  readonly name: string;
  readonly at: Microseconds | null;
}

/** What a commit did to a file. */
export interface FileChange {
  readonly sha: string;
  readonly at: Microseconds | null;
  /** Null where git does not count its lines, or nobody sent what it counts. */
  readonly added: number | null;
  /** Lines that the commit's ledger claims. */
  readonly lines: number;
}

export interface PersonSums {
  /** A token's id, or a gateway's user. */
  readonly person: string;
  readonly conversations: number;
  readonly edits: number;
  readonly lines: number;
  readonly last: Microseconds | null;
}

/**
 * What is derived of rows when they are written, as the team page asks it. Every question is about one project of one
 * org. tests/contract/derived.ts says what an implementation must do.
 */
export interface DerivedRecords {
  /** Keeps what git counts of commits; what was kept of one before stays. */
  noteCommits(project: Project, commits: readonly CommitCounts[]): Promise<void>;
  /** Of these commits those that were counted. */
  countedCommits(project: Project, shas: readonly string[]): Promise<Set<string>>;
  /** All commits that something is known of. */
  commits(project: Project, choice?: CommitChoice): Promise<KnownCommit[]>;
  /** How many files and claims these commits have, counted up to `most`. */
  countOf(project: Project, choice: CommitChoice, most: number): Promise<number>;
  files(project: Project, choice: CommitChoice): Promise<CommitFile[]>;
  claims(project: Project, choice: CommitChoice): Promise<ClaimedLines[]>;
  /** The latest first. `among` are ids; `saying` is a part of a summary or of what people said. */
  conversations(
    project: Project,
    choice: { limit: number; among?: readonly string[]; saying?: string },
  ): Promise<SeenConversation[]>;
  /** Conversations whose present transcript was not read for words yet, the latest first. */
  unread(project: Project, limit: number): Promise<{ id: string; blob: BlobId }[]>;
  countUnread(project: Project): Promise<number>;
  noteWords(project: Project, read: { id: string; blob: BlobId; words: string }): Promise<void>;
  /** Files and commits with this in their names, at most so many of each. */
  search(project: Project, text: string, limit: number): Promise<Finding[]>;
  /** The latest commits that changed a file, and the conversations that wrote lines of it. */
  ofPath(
    project: Project,
    path: string,
    limit: number,
  ): Promise<{ commits: FileChange[]; conversations: string[] }>;
  /** Files with lines that a conversation wrote. */
  filesOf(
    project: Project,
    conversation: string,
  ): Promise<{ path: string; lines: number; commits: number }[]>;
  /** Sums by who sent a conversation's traces. */
  people(project: Project): Promise<PersonSums[]>;
  overview(orgId: string): Promise<ProjectOverview[]>;
}
