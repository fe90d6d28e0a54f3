import type { Context } from "../../context.ts";
import { AppError, exitCodes } from "../../errors.ts";
import { createServiceRemote } from "../../remote/service-remote.ts";
import type { ReportProgress } from "../../schema/progress.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { ProjectSyncStore, lockSync } from "../../store/exchange/sync-store.ts";
import type { Outcome, PullCounts, PushOutcome } from "../../sync/outcome.ts";
import type { PushChoice } from "../../sync/plan-push.ts";
import type { SyncRemote, SyncStore } from "../../sync/ports.ts";
import { pull } from "../../sync/pull.ts";
import { push } from "../../sync/push.ts";
import type { ProgressLine } from "../../terminal/progress.ts";
import { visible } from "../../terminal/text.ts";
import { findStoredProject } from "../projects/find-project.ts";
import { findRemote } from "../remotes/find-remote.ts";
import { clientFor, requireNetwork, requireScope } from "../remotes/remote-client.ts";
import { resolveToken } from "../remotes/remote-token.ts";

export interface SyncOptions {
  readonly remote: string | undefined;
  readonly dryRun: boolean;
}

/** An open exchange with one remote: the project's lock is held, and the token has been found to fit. */
export interface Exchange {
  readonly name: string;
  readonly url: string;
  readonly dryRun: boolean;
  readonly store: SyncStore;
  readonly remote: SyncRemote;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
  /** Clears the progress line, so that the answer can be printed; it comes back with the next report. */
  endProgress(): void;
}

/**
 * Runs work over an exchange: refuses offline, resolves the token, waits for another sync of this project, checks
 * the scope before anything moves, and writes the manifest at the end, however the work ends.
 */
export async function withExchange<T>(
  context: Context,
  { title, remote: named, dryRun }: SyncOptions & { readonly title: string },
  work: (exchange: Exchange) => Promise<T>,
): Promise<T> {
  const { terminal } = context;
  requireNetwork(context);
  const { paths } = findStoredProject(context);
  const found = findRemote(context, paths, named);
  const { name, url } = found;
  const token = resolveToken(context, {
    project: paths.id,
    ...found,
    origin: url.origin,
    dryRun,
  });
  // Requests that nobody waits for any more, such as a page asked for ahead, end with the exchange.
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  let progress: ProgressLine | undefined = terminal.startProgress(`${title} ${name}`);
  const endProgress = (): void => {
    progress?.end();
    progress = undefined;
  };
  const report: ReportProgress = (done) =>
    (progress ??= terminal.startProgress(done.title)).report(done);
  try {
    using _lock = await waitForSync(context, paths);
    const { warn } = terminal;
    // After the wait: its requests share a quarter of an hour from here on.
    const client = clientFor({ ...context, signal }, url, { name, token });
    const address = { name, url: url.url, project: url.project };
    const remote = createServiceRemote({ ...address, client, rehearse: dryRun });
    using store = new ProjectSyncStore(paths, { remote: name, dryRun, warn, now: context.now });
    try {
      // Asked for together: on a distant service the way there is most of the time. Of the two the scope decides.
      remote.capabilities().catch(() => {});
      await requireScope(context, client, { url, name });
      const connection = { name, url: url.url, dryRun, store, remote };
      return await work({ ...connection, signal, report, endProgress });
    } catch (error) {
      throw await withQueue(error, store);
    } finally {
      store.flush();
    }
  } finally {
    over.abort(new AppError("interrupted", "the exchange is over"));
    endProgress();
  }
}

/** What remotes have is changed by one process at a time: a push, a pull, or whoever renames a remote. */
export function waitForSync(
  { terminal, signal }: Context,
  project: ProjectPaths,
): Promise<Disposable> {
  const onWait = (): void => terminal.note("waiting for another sync of this project to end");
  return lockSync(project, { signal, onWait });
}

/** Where the remote cannot be reached, what stays behind is worth saying. */
async function withQueue(error: unknown, store: SyncStore): Promise<unknown> {
  if (!(error instanceof AppError) || !error.retryable || error.details["queued"] !== undefined) {
    return error;
  }
  const queued = store.candidates("traces", "unsent").filter(({ named }) => named).length;
  if (queued === 0) return error;
  const traces = queued === 1 ? "1 trace stays" : `${queued} traces stay`;
  return new AppError(error.code, error.message, {
    cause: error,
    label: error.label,
    hint: `${traces} queued; run \`agent-trace push\` again, or \`agent-trace doctor\``,
    details: { ...error.details, queued },
  });
}

export function runPush(exchange: Exchange, choice: PushChoice): Promise<PushOutcome> {
  return push({ ...exchange, choice });
}

export function runPull(
  exchange: Exchange,
  since: bigint | undefined,
): Promise<Outcome<PullCounts>> {
  return pull({ ...exchange, since });
}

/** Says what went wrong with single items, and gives the exit code. */
export function reportFailures(context: Context, { failures, remarks }: Outcome<unknown>): number {
  for (const remark of remarks) context.terminal.warn(remark);
  if (failures.length === 0) return exitCodes.ok;
  const shown = context.options.verbose ? failures : failures.slice(0, 10);
  for (const { resource, id, code, message } of shown) {
    const what = `${resource.replace("_", " ")} ${id ?? "(without id)"}`;
    context.terminal.note(visible(`  ${what}: ${message} (${code})`));
  }
  const more = failures.length - shown.length;
  if (more > 0) context.terminal.note(`  and ${more} more; \`--verbose\` lists them`);
  const count = failures.length === 1 ? "1 item" : `${failures.length} items`;
  const failure = new AppError("partial", `${count} did not arrive; the rest did`, {
    hint: "run the command again once the cause is gone",
  });
  context.terminal.fail(failure);
  return failure.exitCode;
}

/** The failures after which the other half of a sync would fail as well. */
export function concernsBoth(error: unknown): boolean {
  if (!(error instanceof AppError)) return true;
  const both = ["project_not_found", "unauthorized", "forbidden", "disk_full"];
  return (
    error.retryable ||
    both.includes(error.code) ||
    error.exitCode === exitCodes.auth ||
    error.exitCode >= exitCodes.bug
  );
}
