import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { type Resource, resources, rowResources } from "../../schema/resource.ts";
import { readConversationIndex } from "../../store/transcripts/conversation-index.ts";
import { setSnapshotAside } from "../../store/transcripts/snapshot.ts";
import { verifySnapshots } from "../../store/transcripts/verify-snapshots.ts";
import { differingLedgers } from "../../store/exchange/differing-ledgers.ts";
import { type Differences, compareRows } from "../../sync/compare-rows.ts";
import { tellsWhatWasSaid } from "../../sync/plan-push.ts";
import { fetchAgain, sendAgain } from "../../sync/repair.ts";
import { count, plural } from "../../terminal/text.ts";
import { type Exchange, withExchange } from "../exchange/exchange.ts";
import { findStoredProject } from "../projects/find-project.ts";
import type { Check, Problem } from "./check.ts";

/** No transcript of anyone's is larger. */
const mostBytes = 2 * 1024 ** 3;

export interface RemoteVerification {
  readonly remote: string | undefined;
  /** Send and fetch what one side lacks. */
  readonly repair: boolean;
}

/** What a remote has, against what it is thought to have here. Nothing is ever deleted, on either side. */
export async function verifyRemote(
  context: Context,
  { remote, repair }: RemoteVerification,
): Promise<Check[]> {
  const options = { title: "Comparing with", remote, dryRun: false };
  return withExchange(context, options, async (exchange) => {
    const { digest } = await exchange.remote.capabilities();
    if (!digest) {
      throw new AppError("refused", `remote \`${exchange.name}\` tells no digests to compare`, {
        label: "unsupported",
        hint: "`agent-trace verify` checks this machine alone; a newer service can be compared with",
      });
    }
    const before = await compareAll(context, exchange);
    if (!repair) return checksOf(exchange, before);
    await mend(context, exchange, before);
    return checksOf(exchange, await compareAll(context, exchange));
  });
}

interface Compared extends Differences {
  /** Conversations whose bytes the service lacks, though its rows point to them. */
  readonly unfilled: readonly string[];
}

async function compareAll(context: Context, exchange: Exchange): Promise<Compared[]> {
  const { store, remote, signal, transcripts } = exchange;
  // What a person has not decided yet is told by `pull` and `doctor`.
  const waiting = differingLedgers(findStoredProject(context).paths);
  const compared: Compared[] = [];
  for (const resource of resources) {
    if (tellsWhatWasSaid(resource) && !transcripts) continue;
    const found = await compareRows({ store, remote }, resource, signal);
    const altered = found.altered.filter((key) => resource !== "ledgers" || !waiting.has(key));
    const isPointer = resource === "conversations";
    // A conversation that was purged, or that a pull left out, is there alone for a reason.
    const extra = isPointer ? [] : found.extra;
    const unfilled = isPointer ? await unfilledPointers(exchange) : [];
    compared.push({ ...found, altered, extra, unfilled });
  }
  return compared;
}

async function unfilledPointers({ store, remote }: Exchange): Promise<string[]> {
  const pointers = store.transcripts.pointers();
  const lacking = new Set(await remote.missingBlobs(pointers.map(({ blob }) => blob)));
  return pointers
    .filter(({ blob }) => lacking.has(blob))
    .map(({ conversationId }) => conversationId);
}

async function mend(
  context: Context,
  exchange: Exchange,
  found: readonly Compared[],
): Promise<void> {
  await fetchSnapshots(context, exchange);
  const lacking = found.map(({ resource, missing, unfilled }) => ({
    resource,
    missing: [...missing, ...unfilled],
  }));
  if (lacking.some(({ missing }) => missing.length > 0)) await sendAgain(exchange, lacking);
  const partial = found.filter(({ extra }) => extra.length > 0).map(({ resource }) => resource);
  if (partial.length > 0) await fetchAgain(exchange, partial);
}

/** Fetches snapshots that are not here, or hold other bytes: those are kept under another name. */
async function fetchSnapshots(
  context: Context,
  { store, remote, transcripts }: Exchange,
): Promise<void> {
  if (!transcripts) return;
  const { paths } = findStoredProject(context);
  const { warn } = context.terminal;
  const { damaged, unresolved } = verifySnapshots(paths, warn, () => {});
  const newest = readConversationIndex(paths, warn);
  const lost = [...newest].filter(([, blob]) => damaged.includes(blob));
  for (const blob of damaged) setSnapshotAside(paths, blob);
  const wanted = [
    ...unresolved,
    ...lost.map(([conversationId, blob]) => ({ conversationId, blob })),
  ];
  for (const { conversationId, blob } of wanted) {
    const download = store.transcripts.download({ conversationId, blob, size: mostBytes });
    await remote.fetchBlob(blob, download);
  }
}

const told: Record<Resource, string> = {
  traces: "traces",
  ledgers: "ledgers",
  commit_links: "commit links",
  conversations: "conversations",
  summaries: "summaries",
};

function checksOf({ name }: Exchange, compared: readonly Compared[]): Check[] {
  const problems = compared.flatMap(problemsOf);
  const sums = compared
    .filter(({ resource, compared: rows }) => rows > 0 || resource === rowResources[0])
    .map(({ resource, compared: rows }) => `${told[resource]} ${count(rows)}`);
  return [{ name, summary: `the same there: ${sums.join(", ")}`, problems }];
}

function problemsOf({ resource, missing, altered, extra, unfilled }: Compared): Problem[] {
  const each = (keys: readonly string[], code: string, message: string): Problem[] =>
    keys.map((key) => ({ subject: `${told[resource]}, ${key}`, code, message }));
  return [
    ...each(missing, "missing_row", "it was sent, and the service does not have it"),
    ...each(altered, "altered_row", "the service has it in other words"),
    ...each(extra, "extra_row", "the service has it, and this machine does not"),
    ...each(unfilled, "missing_blob", "the service has its row, and not its bytes"),
  ];
}

/** What to do about problems that a repair can mend. */
export function repairHint(checks: readonly Check[]): string | undefined {
  const codes = ["missing_row", "extra_row", "missing_blob"];
  const mendable = checks
    .flatMap(({ problems }) => problems)
    .filter(({ code }) => codes.includes(code));
  if (mendable.length === 0) return undefined;
  return `\`--repair\` sends or fetches ${plural(mendable.length, "row")} that one side lacks`;
}
