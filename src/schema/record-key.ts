import type { RowResource } from "./resource.ts";

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * The identity of a record: the id of a trace, the commit of a ledger or commit link, `<conversation_id>:<created_at>` of
 * a summary. Undefined for what has none: that is no record. Disk, index and remotes all go by it.
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
