import { type Static, Type } from "@sinclair/typebox";

const Place = Type.Union([Type.String(), Type.Null()]);

/** What one remote has, and how far we have read it. */
export const RemoteState = Type.Object({
  synced: Type.Object({
    trace_ids: Type.Array(Type.String()),
    ledger_shas: Type.Array(Type.String()),
    commit_link_shas: Type.Array(Type.String()),
    blob_shas: Type.Array(Type.String()),
    conversation_ids: Type.Array(Type.String()),
    summary_keys: Type.Array(Type.String()),
  }),
  cursor: Type.Object({
    traces: Place,
    ledgers: Place,
    commit_links: Place,
    conversations: Place,
    summaries: Place,
  }),
  epoch: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
  /**
   * Ours: how large the files were whose rows can change after they were sent. A row of a sent key that stands behind
   * that has changed since. Absent means unchanged.
   */
  file_sizes: Type.Optional(Type.Object({ ledgers: Type.Integer(), commit_links: Type.Integer() })),
});

/** `sync-state.json`. A cache: without it the next push asks the service again. */
export const SyncState = Type.Object({
  version: Type.Integer(),
  remotes: Type.Record(Type.String(), RemoteState),
});

export type RemoteState = Static<typeof RemoteState>;
export type SyncState = Static<typeof SyncState>;
