import type { Context } from "../../context.ts";
import { rowResources } from "../../schema/resource.ts";
import { type HookTally, readJournal } from "../../store/hook-journal.ts";
import { type HookError, readHookErrors } from "../../store/hook-errors.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { type ProjectCounts, countRecords } from "../../store/project-counts.ts";
import { type ExchangeTimes, readExchangeTimes } from "../../store/exchange/exchange-times.ts";
import { openExchange } from "../../store/exchange/open-exchange.ts";
import { planPush } from "../../sync/plan-push.ts";
import { rehearsing } from "../../sync/rehearsing.ts";
import { redactionId } from "../exchange/redact-transcripts.ts";
import { findStoredProject } from "../projects/find-project.ts";
import {
  listRemotes,
  usualRemote,
  type TranscriptPolicy,
  transcriptPolicy,
} from "../remotes/find-remote.ts";
import type { HookState } from "../set-up/git-hooks.ts";
import { readHookStates } from "../set-up/hook-states.ts";

/** What the next push to a remote would send. */
export interface RemoteStatus {
  readonly name: string;
  readonly url: string;
  readonly isDefault: boolean;
  readonly lacks: {
    readonly traces: number;
    readonly ledgers: number;
    readonly commit_links: number;
    readonly conversations: number;
    readonly summaries: number;
  };
  /** Traces that no ledger names. */
  readonly heldBack: number;
  /** When the last push and the last pull came to their end. */
  readonly times: ExchangeTimes;
}

export interface Status {
  readonly id: string;
  /** The work tree; undefined where the repository was not found. */
  readonly root: string | undefined;
  readonly counts: ProjectCounts;
  readonly remotes: readonly RemoteStatus[];
  readonly hooks: readonly HookState[];
  /** The oldest first. */
  readonly hookErrors: readonly HookError[];
  /** What hooks saw, in all projects of this home. */
  readonly hookTally: HookTally;
}

/** How much is recorded, what waits to be pushed and what went wrong in hooks. Nothing of it needs the network. */
export async function readStatus(context: Context): Promise<Status> {
  const { paths, git } = findStoredProject(context);
  const counts = countRecords(paths, context.terminal.warn);
  const standard = usualRemote(context, paths);
  const times = readExchangeTimes(paths, context.terminal.warn);
  const remotes: RemoteStatus[] = [];
  for (const [name, remote] of listRemotes(context, paths)) {
    const { url } = remote;
    const transcripts = transcriptPolicy(remote);
    const waiting = await readWaiting(context, paths, { name, transcripts });
    remotes.push({
      name,
      url,
      isDefault: name === standard,
      times: times.get(name) ?? {},
      ...waiting,
    });
  }
  return {
    id: paths.id,
    root: git?.repository.workTree,
    counts,
    remotes,
    hooks: await readHookStates(context, git),
    hookErrors: readHookErrors(context.home, context.terminal.warn),
    hookTally: readJournal(context.home, context.now()),
  };
}

interface ReceivingRemote {
  readonly name: string;
  readonly transcripts: TranscriptPolicy;
}

async function readWaiting(
  context: Context,
  project: ProjectPaths,
  { name: remote, transcripts: policy }: ReceivingRemote,
): Promise<Pick<RemoteStatus, "lacks" | "heldBack">> {
  const { warn } = context.terminal;
  const keptAs = await redactionId(context, project);
  const options = { remote, warn, now: context.now, looksOnly: true, keptAs };
  using opened = openExchange(project, options);
  const store = rehearsing(opened);
  const rows = Object.fromEntries(
    rowResources.map((resource) => [resource, store.rows.candidates(resource, "unsent")]),
  ) as Record<(typeof rowResources)[number], ReturnType<typeof store.rows.candidates>>;
  const transcripts = store.transcripts.list("unsent");
  const plan = planPush(
    { full: false, only: "all", since: undefined, transcripts: policy !== "none" },
    { rows, transcripts },
  );
  const { traces, ledgers, commit_links, conversations, summaries } = plan;
  return {
    lacks: {
      traces: traces.send.length,
      ledgers: ledgers.send.length,
      commit_links: commit_links.send.length,
      conversations: conversations.send.length,
      summaries: summaries.send.length,
    },
    heldBack: traces.heldBack,
  };
}

/** What the next push to one remote would send. */
export async function readLacks(
  context: Context,
  remote: ReceivingRemote,
): Promise<RemoteStatus["lacks"]> {
  const { paths } = findStoredProject(context);
  return (await readWaiting(context, paths, remote)).lacks;
}

export function isWaiting({ remotes }: Status): boolean {
  return remotes.some(({ lacks }) => Object.values(lacks).some((number) => number > 0));
}
