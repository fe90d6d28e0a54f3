import { resources } from "../schema/resource.ts";
import type { Capabilities } from "../schema/wire.ts";
import type { ExchangePorts, SyncRemote } from "./ports.ts";
import { isBehind } from "./walk-pages.ts";

const anotherRemark =
  "the service's data was restored or replaced since the last exchange; what it has is worked out anew";

/**
 * Sees whether the remote is the one that was spoken to before. One of another epoch, or whose last place lies before
 * a place that was read there, has other data than it had: what it has is then worked out anew, and said.
 */
export function recogniseRemote(
  { store: { memory }, remote }: { readonly store: ExchangePorts; readonly remote: SyncRemote },
  { epoch, places }: Capabilities,
  remarks: string[],
): void {
  const isChanged = memory.identify({ url: remote.url, epoch }) === "changed";
  const isBack = resources.some((resource) => {
    const [last, cursor] = [places?.[resource], memory.cursor(resource)];
    if (last === undefined || cursor === null) return false;
    return last === null || isBehind(cursor, last);
  });
  if (isBack) memory.forget();
  if (isChanged || isBack) remarks.push(anotherRemark);
}
