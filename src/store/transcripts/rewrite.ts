/** How far a rewriting came in whole lines: bytes taken and given. What else it keeps to go on there is its own. */
export interface RewriteState {
  readonly read: number;
  readonly given: number;
}

/** Turns a transcript into the form in which it may leave, chunk by chunk. */
export interface Rewriting {
  write(chunk: Uint8Array): Uint8Array;
  /** What was held back until its line was whole. */
  end(): Uint8Array;
  /** Behind the last whole line, asked before `end`. A rewriting that begins there gives what this one would give. */
  readonly state: RewriteState;
  /** How often each rule took something out, from the transcript's beginning. */
  readonly counts: Readonly<Record<string, number>>;
}

/** How transcripts are rewritten before they are kept for others; what has another id is made anew. */
export interface Rewrite {
  readonly id: string;
  /** Goes on behind a state that was kept as JSON; from the beginning where it is not understood. */
  begin(state?: unknown): Rewriting;
  /** The name of a file as it may leave, without what is a secret by its form. Asked often of the same name. */
  maskName?(name: string): string;
}

/** The label of the error that one transcript could not be rewritten: it stays here, and others go. */
export const rewriteFailed = "redaction_failed";
