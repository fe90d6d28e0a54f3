import type { Resource } from "../schema/resource.ts";
import { rowResources } from "../schema/resource.ts";
import type { Differences } from "./compare-rows.ts";
import { type Outcome, type PullCounts, type PushOutcome, emptyPush } from "./outcome.ts";
import { pull } from "./pull.ts";
import { startRun } from "./push.ts";
import type { PushWork } from "./push-run.ts";
import { rowQueue } from "./row-queue.ts";
import { sendRows } from "./send-rows.ts";
import { sendTranscripts } from "./send-transcripts.ts";

type Work = Omit<PushWork, "choice">;

/** Sends rows and conversations again that the service was thought to have. What it has in other words it keeps. */
export async function sendAgain(
  work: Work,
  lacking: readonly Pick<Differences, "resource" | "missing">[],
): Promise<PushOutcome> {
  const { store, remote } = work;
  const outcome = emptyPush();
  const choice = { full: true, only: "all", since: undefined, transcripts: true } as const;
  const capabilities = await remote.capabilities();
  const run = startRun({ ...work, choice }, { capabilities, outcome });
  const keysOf = (resource: Resource): Set<string> =>
    new Set(lacking.flatMap((one) => (one.resource === resource ? one.missing : [])));
  for (const resource of rowResources) {
    const keys = keysOf(resource);
    if (keys.size === 0) continue;
    const rows = store.rows.candidates(resource, "all").filter(({ key }) => keys.has(key));
    await sendRows(run, resource, rowQueue([rows]));
  }
  const ids = keysOf("conversations");
  if (ids.size === 0) return outcome;
  const transcripts = store.transcripts
    .list("all")
    .filter(({ conversationId }) => ids.has(conversationId))
    // The service is asked for them, whatever was noted.
    .map((transcript) => ({ ...transcript, blobSent: false, pointerSent: false }));
  await sendTranscripts(run, transcripts);
  return outcome;
}

/** Reads resources from their beginning: what is not here yet comes, what is changes nothing. */
export async function fetchAgain(
  work: Work,
  only: readonly Resource[],
): Promise<Outcome<PullCounts>> {
  return pull({ ...work, choice: { since: 0n, transcripts: true, only } });
}
