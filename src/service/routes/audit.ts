import type { Call } from "../route.ts";

/** Writes down who did what. It is part of the act: where it cannot be written, the caller learns that something broke. */
export async function noteAct(
  { deployment: { records, now }, caller }: Call,
  { org, action, target }: { org: string; action: string; target: string },
): Promise<void> {
  const actor = caller === undefined ? "admin" : (caller.tokenId ?? `gateway ${caller.writer}`);
  await records.operations.note({ at: now(), org_id: org, actor, action, target });
}
