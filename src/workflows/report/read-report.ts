import { segmentsOf } from "../../attribution/follow-ledger.ts";
import { readAttributes } from "../../git/read-attributes.ts";
import {
  type CommitRange,
  type HistoryCommit,
  parseRange,
  readHistory,
  resolveCommit,
} from "../../git/read-history.ts";
import { readHead } from "../../git/read-head.ts";
import type { Git } from "../../git/run-git.ts";
import { declaredAgents } from "../../report/declared.ts";
import { countClaims } from "../../report/count-claims.ts";
import {
  type AgentLines,
  type CountedCommit,
  type CountedFile,
  type Grouping,
  type Recorded,
  type Report,
  tally,
} from "../../report/tally.ts";
import type { Ledger } from "../../schema/ledger.ts";
import { type History } from "../../store/index/history.ts";
import { openHistory } from "../../store/open-history.ts";
import { type WantedFiles, readNoted } from "../notes/read-noted.ts";
import type { Project } from "../projects/find-project.ts";

export interface ReportQuery {
  /** As typed; undefined: all of HEAD's history. */
  readonly range: string | undefined;
  readonly since?: Date | undefined;
  readonly by?: Grouping | undefined;
  readonly signal?: AbortSignal;
}

export interface RangeReport extends Report {
  readonly range: {
    readonly from: string | null;
    readonly to: string | null;
    readonly since: string | null;
  };
}

/** What the commits of a range added and which of it an agent wrote, from ledgers, else from git's notes. */
export async function readReport(project: Project, query: ReportQuery): Promise<RangeReport> {
  const { since } = query;
  const range = await readRange(project, query.range);
  const commits = range === undefined ? [] : await countCommits(project, range, query);
  return {
    range: {
      from: range?.from ?? null,
      to: range?.to ?? null,
      since: since?.toISOString() ?? null,
    },
    ...tally(commits, query.by),
  };
}

async function readRange(
  { git }: Project,
  text: string | undefined,
): Promise<CommitRange | undefined> {
  if (text !== undefined) return parseRange(git, text);
  if ((await readHead(git)) === undefined) return undefined;
  return { from: undefined, to: await resolveCommit(git, "HEAD"), single: false };
}

/** The commits of a range with their claims. Ledgers are read some hundreds at a time: they are large, their sums small. */
export async function countCommits(
  project: Project,
  range: CommitRange,
  { since, signal }: Pick<ReportQuery, "since" | "signal">,
): Promise<CountedCommit[]> {
  const reading = readHistory(project.git, range, {
    since,
    ...(signal === undefined ? {} : { signal }),
  });
  // Git is at work by now: the index is opened in the meantime. A failure of git's is told where it is awaited.
  reading.catch(() => {});
  using history = openHistory(project.paths);
  const commits = await reading;
  const apartOf = await readApart(project.git, commits);
  const agents = new Map<string, string | null>();
  const counted: CountedCommit[] = [];
  for (let at = 0; at < commits.length; at += commitsAtOnce) {
    signal?.throwIfAborted();
    const some = commits.slice(at, at + commitsAtOnce);
    const ledgers = history.ledgers(some.map(({ sha }) => sha));
    learnAgents(history, ledgers, agents);
    const noted = await readNoted(project.git, filesWithout(some, ledgers));
    for (const [sha, { ledger }] of noted) ledgers.set(sha, ledger);
    for (const commit of some) {
      const ledger = ledgers.get(commit.sha);
      counted.push({
        sha: commit.sha,
        parent: commit.parents[0],
        subject: commit.subject,
        committedAt: commit.committedAt,
        author: commit.author.name,
        declared: declaredAgents(commit),
        recorded: noted.has(commit.sha)
          ? "later"
          : recordedHow(commit, ledger ?? history.commitLink(commit.sha)),
        files: commit.files.map(({ path, added }) => ({
          path,
          added,
          apart: apartOf(path, added),
          ai: ledger === undefined ? [] : claimsOf(ledger, { path, added, agents }),
        })),
      });
    }
  }
  return counted;
}

/** Tells which files are not counted with the rest: those that a program wrote, that others did, or that are no text. */
export async function readApart(
  git: Git,
  commits: readonly HistoryCommit[],
): Promise<(path: string, added: number | undefined) => CountedFile["apart"]> {
  const paths = new Set(commits.flatMap(({ files }) => files.map(({ path }) => path)));
  const attributes = await readAttributes(git, [...paths]);
  return (path, added) => {
    const own = attributes.get(path);
    if (own?.generated === true) return "generated";
    if (own?.vendored === true) return "vendored";
    return added === undefined ? "binary" : undefined;
  };
}

const commitsAtOnce = 250;

function filesWithout(
  commits: readonly HistoryCommit[],
  ledgers: ReadonlyMap<string, Ledger>,
): WantedFiles {
  return new Map(
    commits
      .filter(({ sha }) => !ledgers.has(sha))
      .map(({ sha, files }) => [sha, new Set(files.map(({ path }) => path))]),
  );
}

/** A hook writes within seconds; minutes are left for a laptop that sleeps. */
const hookMilliseconds = 10 * 60 * 1000;

function recordedHow(
  { committedAt }: HistoryCommit,
  record: { readonly created_at?: string } | undefined,
): Recorded {
  if (record === undefined) return "unknown";
  return recordedAt(committedAt, Date.parse(record.created_at ?? ""));
}

/** How a commit came to be known, by when its record was made (milliseconds; undefined: there is none). */
export function recordedAt(committedAt: Date, made: number | undefined): Recorded {
  if (made === undefined) return "unknown";
  return made - committedAt.getTime() > hookMilliseconds ? "later" : "hooks";
}

/** A ledger names traces, and a trace the agent. */
function learnAgents(
  history: History,
  ledgers: ReadonlyMap<string, Ledger>,
  agents: Map<string, string | null>,
): void {
  const ids = new Set<string>();
  for (const { files } of ledgers.values()) {
    for (const { line_attributions } of Object.values(files)) {
      for (const segment of line_attributions) {
        const id = segment?.trace_id;
        if (typeof id === "string" && !agents.has(id)) ids.add(id);
      }
    }
  }
  const traces = history.traces([...ids]);
  for (const id of ids) {
    const name = traces.get(id)?.tool?.name;
    agents.set(id, typeof name === "string" ? name : null);
  }
}

function claimsOf(
  ledger: Ledger,
  {
    path,
    added = 0,
    agents,
  }: {
    path: string;
    added: number | undefined;
    agents: ReadonlyMap<string, string | null>;
  },
): AgentLines[] {
  const sums = new Map<string, { agent: string | null; model: string | null; lines: number }>();
  for (const { run, lines } of countClaims(segmentsOf(ledger, path), added)) {
    const agent = agents.get(run.trace_id) ?? run.tool ?? null;
    const model = typeof run.model_id === "string" ? run.model_id : null;
    const key = JSON.stringify([agent, model]);
    const sum = sums.get(key) ?? { agent, model, lines: 0 };
    sum.lines += lines;
    sums.set(key, sum);
  }
  return [...sums.values()];
}
