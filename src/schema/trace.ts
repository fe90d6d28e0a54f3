import { type Static, Type } from "@sinclair/typebox";

/** One edit of one agent: a line of `traces.jsonl`. Paths are relative to the work tree's root, with `/`. */
export const LineHash = Type.Object({
  /** 0-based distance from the range's `start_line`. */
  line_offset: Type.Integer({ minimum: 0 }),
  hash: Type.String(),
});

/** 1-based, inclusive, in the file as it was after the edit. */
export const TraceRange = Type.Object({
  start_line: Type.Integer(),
  end_line: Type.Integer(),
  content_hash: Type.Optional(Type.String()),
  line_hashes: Type.Optional(Type.Array(LineHash)),
});

export const TraceConversation = Type.Object({
  contributor: Type.Optional(
    Type.Object({ type: Type.String(), model_id: Type.Optional(Type.String()) }),
  ),
  ranges: Type.Array(TraceRange),
  id: Type.Optional(Type.String()),
  content_sha256: Type.Optional(Type.String()),
});

export const TraceFile = Type.Object({
  path: Type.String(),
  conversations: Type.Array(TraceConversation),
});

export const Trace = Type.Object({
  version: Type.String(),
  id: Type.String({ minLength: 1 }),
  timestamp: Type.String(),
  tool: Type.Optional(Type.Object({ name: Type.String(), version: Type.Optional(Type.String()) })),
  files: Type.Array(TraceFile),
  vcs: Type.Optional(Type.Object({ type: Type.String(), revision: Type.String() })),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export type LineHash = Static<typeof LineHash>;
export type TraceRange = Static<typeof TraceRange>;
export type TraceConversation = Static<typeof TraceConversation>;
export type TraceFile = Static<typeof TraceFile>;
export type Trace = Static<typeof Trace>;

/** Metadata that agent-trace-cli writes and that never leaves this machine: local paths and people's words. */
export const localMetadata = ["repo_root", "project_id", "command", "message", "messages"] as const;

/** Pseudo files under which agent-trace-cli records events; they are no edits. */
export const pseudoFiles = new Set([".sessions", ".shell-history"]);

/** Whether a trace tells of an edit, as opposed to an event recorded under a pseudo file. */
export function isEdit(trace: Pick<Trace, "files">): boolean {
  return trace.files.some((file) => !pseudoFiles.has(file.path));
}
