import type { RowResource } from "./resource.ts";

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * The identity of a record: a trace's id, a ledger's or commit link's commit, `<conversation_id>:<created_at>` of a
 * summary. Undefined where it has none, and so is no record. The same on disk, in the index and from a remote.
 */
export function recordKey(
  resource: RowResource,
  value: Readonly<Record<string, unknown>>,
): string | undefined {
  if (resource === "traces") return text(value["id"]);
  if (resource !== "summaries") return text(value["commit_sha"]);
  const conversation = text(value["conversation_id"]);
  const created = text(value["created_at"]);
  if (conversation === undefined || created === undefined) return undefined;
  return `${conversation}:${created}`;
}
