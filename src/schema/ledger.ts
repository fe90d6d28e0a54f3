import { type Static, Type } from "@sinclair/typebox";

/** The text of one committed line, by hash, as it was when the claim was made. */
export const Evidence = Type.Object({ line: Type.Integer(), hash: Type.String() });

/** A run of committed lines that one trace wrote. 1-based, inclusive, in the file as committed. */
export const Segment = Type.Object({
  start_line: Type.Integer(),
  end_line: Type.Integer(),
  type: Type.String(),
  trace_id: Type.Optional(Type.String()),
  model_id: Type.Optional(Type.String()),
  conversation_id: Type.Optional(Type.String()),
  evidence: Type.Optional(Type.Array(Evidence)),
});

export const LedgerFile = Type.Object({ line_attributions: Type.Array(Segment) });

export const DerivedFrom = Type.Object({
  kind: Type.String(),
  source_sha: Type.Optional(Type.String()),
  parents: Type.Optional(Type.Array(Type.String())),
});

/** Which lines of one commit an agent wrote: a line of `ledgers.jsonl`. No segment, no claim. */
export const Ledger = Type.Object({
  version: Type.String(),
  commit_sha: Type.String({ minLength: 1 }),
  parent_sha: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  parent_committed_at: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  committed_at: Type.Optional(Type.String()),
  created_at: Type.Optional(Type.String()),
  trace_ids: Type.Array(Type.String()),
  files: Type.Record(Type.String(), LedgerFile),
  derived_from: Type.Optional(DerivedFrom),
  used_fallback: Type.Optional(Type.Boolean()),
});

export type Evidence = Static<typeof Evidence>;
export type Segment = Static<typeof Segment>;
export type LedgerFile = Static<typeof LedgerFile>;
export type DerivedFrom = Static<typeof DerivedFrom>;
export type Ledger = Static<typeof Ledger>;
