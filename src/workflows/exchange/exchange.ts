import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { rehearsing as rehearsingRemote } from "../../remote/rehearsing.ts";
import { connectService } from "../../remote/service-connection.ts";
import { createServiceRemote } from "../../remote/service-remote.ts";
import type { ReportProgress } from "../../schema/progress.ts";
import { lockSync, openExchange } from "../../store/exchange/open-exchange.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import type { ExchangePorts, SyncRemote } from "../../sync/ports.ts";
import { rehearsing } from "../../sync/rehearsing.ts";
import type { ProgressLine } from "../../terminal/progress.ts";
import type { CommitRemote } from "./send-commit-counts.ts";
import { findStoredProject } from "../projects/find-project.ts";
import { redactionOf } from "./redact-transcripts.ts";
import { fillMeanwhile } from "../search/fill-meanwhile.ts";
import { findRemote, transcriptPolicy } from "../remotes/find-remote.ts";
import { clientFor, requireNetwork, requireScope } from "../remotes/remote-client.ts";
import { resolveToken } from "../remotes/remote-token.ts";

export interface ExchangeOptions {
  readonly title: string;
  readonly remote: string | undefined;
  readonly dryRun: boolean;
}

/** An open exchange with one remote: the project's lock is held, and the token has been found to fit. */
export interface Exchange {
  readonly name: string;
  readonly url: string;
  readonly dryRun: boolean;
  /** Whether conversations may go to this remote. */
  readonly transcripts: boolean;
  readonly store: ExchangePorts;
  readonly remote: SyncRemote;
  /** Takes what git counts of commits; undefined where nothing is to be sent. */
  readonly commits: CommitRemote | undefined;
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
  { title, remote: named, dryRun }: ExchangeOptions,
  work: (exchange: Exchange) => Promise<T>,
): Promise<T> {
  const { terminal } = context;
  requireNetwork(context);
  const { paths } = findStoredProject(context);
  const found = findRemote(context, paths, named);
  const { name, url } = found;
  const token = resolveToken(context, { project: paths.id, ...found, origin: url.origin, dryRun });
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
    const connection = connectService({ name, url: url.url, project: url.project, client });
    const service = createServiceRemote(connection);
    const rewrite = title === "Pulling from" ? undefined : await redactionOf(context, paths);
    const opening = { remote: name, warn, now: context.now, looksOnly: dryRun, rewrite };
    using opened = openExchange(paths, opening);
    const store = dryRun ? rehearsing(opened) : opened;
    const remote = dryRun ? rehearsingRemote(service, connection) : service;
    try {
      // Asked for together: on a distant service the way there is most of the time. Of the two the scope decides.
      remote.capabilities().catch(() => {});
      await requireScope(context, client, { url, name });
      const transcripts = transcriptPolicy(found.remote) !== "none";
      const place = { name, url: url.url, dryRun, transcripts };
      const commits = dryRun ? undefined : service;
      const exchange = { ...place, store, remote, commits, signal, report, endProgress };
      return await (dryRun ? work(exchange) : fillMeanwhile(paths, () => work(exchange)));
    } catch (error) {
      throw title === "Pulling from" ? error : withQueue(error, store);
    } finally {
      store.memory.flush();
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
function withQueue(error: unknown, { rows }: ExchangePorts): unknown {
  if (!(error instanceof AppError) || !error.retryable || error.details["queued"] !== undefined) {
    return error;
  }
  const queued = rows.candidates("traces", "unsent").filter(({ named }) => named).length;
  if (queued === 0) return error;
  const traces = queued === 1 ? "1 trace stays" : `${queued} traces stay`;
  return new AppError(error.code, error.message, {
    cause: error,
    label: error.label,
    hint: `${traces} queued; run \`agent-trace push\` again, or \`agent-trace doctor\``,
    details: { ...error.details, queued },
  });
}
