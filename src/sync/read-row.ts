import type { ReceivedRow } from "../schema/exchange.ts";
import { toSingleLine } from "../schema/raw-json.ts";
import type { RowResource } from "../schema/resource.ts";
import type { PageItem } from "../schema/wire.ts";

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function keyOf(
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

/** An item of a page as a row of the store: its text on one line, otherwise untouched. Undefined without an id. */
export function readRow(resource: RowResource, item: PageItem): ReceivedRow | undefined {
  if (item.value === undefined) return undefined;
  const key = keyOf(resource, item.value);
  if (key === undefined) return undefined;
  return { key, text: toSingleLine(item.text), value: item.value };
}
