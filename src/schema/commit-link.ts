import { type Static, Type } from "@sinclair/typebox";

/** The traces that a commit took in: a line of `commit-links.jsonl`. */
export const CommitLink = Type.Object({
  commit_sha: Type.String({ minLength: 1 }),
  parent_sha: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  trace_ids: Type.Array(Type.String()),
  files_changed: Type.Array(Type.String()),
  committed_at: Type.Optional(Type.String()),
  created_at: Type.Optional(Type.String()),
});

export type CommitLink = Static<typeof CommitLink>;
