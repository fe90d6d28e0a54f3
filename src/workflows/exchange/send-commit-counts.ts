import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { isShallow } from "../../git/is-shallow.ts";
import { type HistoryCommit, readHistory } from "../../git/read-history.ts";
import { readHead } from "../../git/read-head.ts";
import { type Git, readGitText } from "../../git/run-git.ts";
import type { ServiceRemote } from "../../remote/service-remote.ts";
import type { CommitSha } from "../../schema/ids.ts";
import type { ReportProgress } from "../../schema/progress.ts";
import { formatRecordTime } from "../../schema/time.ts";
import type { WireCommit } from "../../schema/commit-counts.ts";
import { noteExchangeTimes, readExchangeTimes } from "../../store/exchange/exchange-times.ts";
import { type Project, findProject } from "../projects/find-project.ts";
import { readApart } from "../report/read-report.ts";
import { sendsCounts } from "./counts-setting.ts";
import { fileNameMasker } from "./redact-transcripts.ts";

/** Of the newest commits it is asked which the service has: where one is there, all before it are. */
const asked = 500;
/** A first push sends the counts of so many commits, the newest. */
const mostCommits = 10_000;
const commitsAtOnce = 1000;
const filesAtOnce = 50_000;

export type CommitRemote = Pick<
  ServiceRemote,
  "name" | "capabilities" | "missingCommits" | "sendCommits"
>;

/**
 * Sends what git counts of HEAD's commits to a service that takes it: which files they changed and how many lines they
 * added, by which the team's page has sums and shares. Gives how many commits were sent. Nothing is sent of a history
 * that was cut off when it was cloned: git would count all of its first commit as added.
 */
export async function sendCommitCounts(
  context: Context,
  remote: CommitRemote,
  { signal, report }: { readonly signal: AbortSignal; readonly report: ReportProgress },
): Promise<number> {
  const { commitCounts, epoch } = await remote.capabilities();
  const project = commitCounts ? projectHere(context) : undefined;
  if (project === undefined || isShallow(project.git.repository)) return 0;
  const { git, paths } = project;
  const { warn } = context.terminal;
  if (!sendsCounts(paths, warn)) return 0;
  const head = await readHead(git);
  const state = `${epoch ?? ""} ${head}`;
  if (head === undefined) return 0;
  if (readExchangeTimes(paths, warn).get(remote.name)?.counted === state) return 0;
  const newest = await listNewest(git, head);
  const missing = await remote.missingCommits(newest);
  let sent = 0;
  if (missing.length > 0) {
    const lacks = new Set(missing);
    const known = newest.filter((sha) => !lacks.has(sha));
    const title = "Counting the lines of commits";
    report({ title, unit: "commits", done: 0, total: undefined, bytes: 0 });
    const maskName = fileNameMasker(context, paths);
    sent = await sendMissing(remote, git, { head, known, signal, maskName });
  }
  noteExchangeTimes(paths, { remote: remote.name, times: { counted: state } }, warn);
  return sent;
}

function projectHere(context: Context): Project | undefined {
  try {
    return findProject(context);
  } catch (error) {
    // A push may name a project from outside of its repository.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

async function listNewest(git: Git, head: CommitSha): Promise<string[]> {
  const output = await readGitText(git, ["rev-list", `--max-count=${asked}`, head, "--"]);
  return output.split("\n").filter((sha) => sha !== "");
}

interface MissingCounts {
  readonly head: CommitSha;
  readonly known: readonly string[];
  readonly signal: AbortSignal;
  /** The name of a file as it may leave. */
  maskName(name: string): string;
}

async function sendMissing(
  remote: CommitRemote,
  git: Git,
  { head, known, signal, maskName }: MissingCounts,
): Promise<number> {
  const range = { from: undefined, to: head, single: false };
  const commits = await readHistory(git, range, { known, newest: mostCommits, signal });
  const apartOf = await readApart(git, commits);
  let batch: WireCommit[] = [];
  let files = 0;
  let sent = 0;
  const flush = async (): Promise<void> => {
    signal.throwIfAborted();
    if (batch.length > 0) await remote.sendCommits(batch);
    sent += batch.length;
    batch = [];
    files = 0;
  };
  for (const commit of parentsFirst(commits)) {
    const item = wireOf(commit, { apartOf, maskName });
    const isFull = batch.length >= commitsAtOnce || files + item.files.length > filesAtOnce;
    if (isFull) await flush();
    batch.push(item);
    files += item.files.length;
  }
  await flush();
  return sent;
}

function wireOf(
  { sha, parents, committedAt, files }: HistoryCommit,
  {
    apartOf,
    maskName,
  }: Pick<MissingCounts, "maskName"> & { apartOf: Awaited<ReturnType<typeof readApart>> },
): WireCommit {
  return {
    commit_sha: sha,
    parents: [...parents],
    committed_at: formatRecordTime(committedAt),
    files: files.map(({ path, added }) => {
      const apart = apartOf(path, added);
      return {
        path: maskName(path),
        added: added ?? null,
        ...(apart === undefined ? {} : { apart }),
      };
    }),
  };
}

/** Each commit after its parents, whatever their clocks said: a kill in between leaves nothing out. */
export function parentsFirst(commits: readonly HistoryCommit[]): HistoryCommit[] {
  const open = new Map<string, HistoryCommit>(commits.map((commit) => [commit.sha, commit]));
  const ordered: HistoryCommit[] = [];
  for (const commit of [...commits].reverse()) {
    const stack = [commit];
    while (stack.length > 0) {
      const top = stack.at(-1);
      const waiting = top?.parents.flatMap((sha) => open.get(sha) ?? []) ?? [];
      const isDone = top === undefined || !open.has(top.sha);
      if (!isDone && waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      stack.pop();
      if (isDone) continue;
      open.delete(top.sha);
      ordered.push(top);
    }
  }
  return ordered;
}
