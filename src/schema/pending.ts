/**
 * A file with edits that no commit has taken yet: its text as the last event left it, and who wrote each line.
 * One JSON file below `pending/`, private to this program. Source of the rule: docs/design.md, "Attribution".
 */
export interface PendingFile {
  readonly version: 1;
  /** Relative to the work tree's root, with `/`. */
  readonly path: string;
  /** The text as the last event left it, line breaks as they were. */
  readonly text: string;
  /** Who wrote the lines, top to bottom: how many lines, and the place in `claims` or -1 for nobody we know. */
  readonly authors: readonly (readonly [count: number, claim: number])[];
  readonly claims: readonly PendingClaim[];
  /** Tool calls already applied, newest last: one that is reported twice is one trace. */
  readonly toolUses: readonly string[];
  /** Texts with lines of agents that the file had before and may get back, the last one first. */
  readonly left?: readonly LeftText[] | undefined;
}

/** A text that a file no longer has, and who wrote its lines. */
export interface LeftText {
  /** A command of an agent took the whole file away: only another one gives its lines back to whom they were. */
  readonly taken?: true;
  readonly text: string;
  readonly authors: readonly (readonly [count: number, claim: number])[];
  readonly claims: readonly PendingClaim[];
}

/** What a ledger segment says of its author: enough to link a commit without reading the trace. */
export interface PendingClaim {
  readonly traceId: string;
  readonly timestamp: string;
  readonly modelId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly tool?: { readonly name: string; readonly version?: string | undefined } | undefined;
}

/** Whether a value read back from disk is a pending file that this version can use. */
export function isPendingFile(value: unknown): value is PendingFile {
  if (typeof value !== "object" || value === null) return false;
  const { version, path, text, authors, claims, toolUses } = value as Partial<PendingFile>;
  return (
    version === 1 &&
    typeof path === "string" &&
    typeof text === "string" &&
    Array.isArray(authors) &&
    Array.isArray(claims) &&
    Array.isArray(toolUses)
  );
}
