import type { ReceivedRow } from "../schema/exchange.ts";
import { toSingleLine } from "../schema/raw-json.ts";
import { recordKey } from "../schema/record-key.ts";
import type { RowResource } from "../schema/resource.ts";
import type { PageItem } from "../schema/wire.ts";

/** An item of a page as a row of the store: its text on one line, otherwise untouched. Undefined without an id. */
export function readRow(resource: RowResource, item: PageItem): ReceivedRow | undefined {
  if (item.value === undefined) return undefined;
  const key = recordKey(resource, item.value);
  if (key === undefined) return undefined;
  return { key, text: toSingleLine(item.text), value: item.value };
}
