import { HttpError, badRequest } from "../../http/http-error.ts";
import {
  type AgentLines,
  type CommitLines,
  type CountedCommit,
  type Report,
  tally,
} from "../../report/tally.ts";
import { formatTime } from "../../schema/time.ts";
import type {
  ClaimedLines,
  CommitChoice,
  CommitFile,
  DerivedRecords,
  KnownCommit,
} from "../../service/derived/derived-records.ts";
import type { Project } from "../../service/records.ts";
import type { TeamRange } from "../../viewer/team-views.ts";
import { recordedAt } from "../report/read-report.ts";
import { commitsBetween } from "./commits-between.ts";

/** Without what commits declare of themselves: their messages are not sent. */
export type TeamReport = TeamRange &
  Omit<Report, "declared" | "commits"> & {
    readonly commits: readonly Omit<CommitLines, "declared" | "subject" | "author">[];
  };

/** The commits that are asked about. */
export type TeamQuestion =
  /** Those of the last weeks, the present one included. */
  | { readonly weeks: number | "all" }
  /** As `agent-trace report` takes it, with names of commits or their beginnings: `A..B`, or one commit. */
  | { readonly range: string };

/** All of them are held in memory while they are summed up. */
const mostCommits = 50_000;
/** Their files, and what ledgers claim of them: a ledger may claim every other line of a file. */
const mostParts = 1_000_000;

const weekMilliseconds = 7 * 24 * 60 * 60 * 1000;

/** What commits added and which of it agents wrote: the sums of `report`, of what clients sent. */
export async function readTeamReport(
  derived: DerivedRecords,
  project: Project,
  { question, now, most = mostParts }: { question: TeamQuestion; now: number; most?: number },
): Promise<TeamReport> {
  const meant = await choose(derived, project, { question, now });
  const { choice, gaps, ...range } = meant;
  const commits = await derived.commits(project, choice);
  if (commits.length > mostCommits) {
    throw badRequest(
      "too_many_commits",
      `these are ${commits.length} commits; a report takes ${mostCommits}`,
      {
        hint: "ask for fewer weeks, or for a shorter range",
      },
    );
  }
  if ((await derived.countOf(project, choice, most + 1)) > most) {
    throw badRequest(
      "too_many_parts",
      `these commits have more than ${most} files and claims, which is the most a report takes`,
      { hint: "ask for fewer weeks, or for a shorter range" },
    );
  }
  const [files, claims] = await Promise.all([
    derived.files(project, choice),
    derived.claims(project, choice),
  ]);
  const counted = commits.filter((commit) => commit.counted);
  const names = new Set(counted.map(({ sha }) => sha));
  const others = claims.filter(({ sha }) => !names.has(sha));
  const sums = tally(countCommits(counted, { files, claims }), "week");
  return {
    range,
    lines: sums.lines,
    coverage: sums.coverage,
    agents: sums.agents,
    groups: sums.groups,
    files: sums.files,
    commits: sums.commits.map(({ sha, committed_at, recorded, added, ai, unattributed }) => ({
      sha,
      committed_at,
      recorded,
      added,
      ai,
      unattributed,
    })),
    apart: sums.apart,
    uncounted: {
      commits: commits.length - counted.length,
      ai: others.reduce((sum, { lines }) => sum + lines, 0),
    },
    gaps,
  };
}

interface Meant {
  readonly choice: CommitChoice;
  readonly from: string | null;
  readonly to: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly gaps: number;
}

async function choose(
  derived: DerivedRecords,
  project: Project,
  { question, now }: { question: TeamQuestion; now: number },
): Promise<Meant> {
  if ("weeks" in question && question.weeks === "all") {
    const choice = { from: 0, to: Number.MAX_SAFE_INTEGER };
    return { choice, from: null, to: null, since: null, until: null, gaps: 0 };
  }
  if ("weeks" in question) {
    const monday = mondayOf(now) - (Number(question.weeks) - 1) * weekMilliseconds;
    const [from, to] = [monday * 1000, (mondayOf(now) + weekMilliseconds) * 1000];
    const times = { since: formatTime(BigInt(from)), until: formatTime(BigInt(to)) };
    return { choice: { from, to }, from: null, to: null, ...times, gaps: 0 };
  }
  const [, first = "", dots, last = ""] = /^(.*?)(\.{2,3})(.*)$/s.exec(question.range.trim()) ?? [];
  const named = (text: string): Promise<string> => nameOf(derived, project, text.trim());
  const nothing = { since: null, until: null };
  if (dots === undefined) {
    const to = await named(question.range);
    return { choice: { shas: [to] }, from: null, to, ...nothing, gaps: 0 };
  }
  const all = await derived.commits(project);
  const to = last.trim() === "" ? newestOf(all) : await named(last);
  const from = first.trim() === "" ? null : await named(first);
  const { shas, gaps } = commitsBetween(all, from, to);
  return { choice: { shas }, from, to, ...nothing, gaps };
}

/** The commit whose name begins so. */
async function nameOf(derived: DerivedRecords, project: Project, text: string): Promise<string> {
  if (!/^[0-9a-f]{4,64}$/i.test(text)) {
    throw badRequest(
      "invalid_range",
      "name commits by at least four digits, such as `1a2b3c4..5d6e7f8`",
    );
  }
  const found = (await derived.search(project, text, 2)).filter(({ kind }) => kind === "commit");
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.name;
  throw only === undefined
    ? new HttpError(404, "commit_not_found", `no commit that begins with ${text} was sent`)
    : new HttpError(409, "commit_ambiguous", `several commits begin with ${text}`);
}

function newestOf(commits: readonly KnownCommit[]): string {
  const newest = commits.reduce<KnownCommit | undefined>(
    (best, one) => (best === undefined || (one.at ?? 0) > (best.at ?? 0) ? one : best),
    undefined,
  );
  if (newest === undefined) throw new HttpError(404, "commit_not_found", "no commit was sent yet");
  return newest.sha;
}

/** Midnight of a week's first day, in UTC. */
function mondayOf(time: number): number {
  const day = new Date(time);
  day.setUTCHours(0, 0, 0, 0);
  return day.getTime() - ((day.getUTCDay() + 6) % 7) * 24 * 60 * 60 * 1000;
}

/** The newest first, as git lists them. */
function countCommits(
  commits: readonly KnownCommit[],
  { files, claims }: { files: readonly CommitFile[]; claims: readonly ClaimedLines[] },
): CountedCommit[] {
  const filesOf = Map.groupBy(files, ({ sha }) => sha);
  const claimsOf = Map.groupBy(claims, ({ sha }) => sha);
  return commits
    .map((commit): CountedCommit => {
      const own = Map.groupBy(claimsOf.get(commit.sha) ?? [], ({ path }) => path);
      const committedAt = new Date((commit.at ?? 0) / 1000);
      return {
        sha: commit.sha,
        parent: commit.parents[0],
        subject: "",
        author: "",
        committedAt,
        declared: [],
        recorded: recordedAt(
          committedAt,
          commit.recorded === null ? undefined : commit.recorded / 1000,
        ),
        files: (filesOf.get(commit.sha) ?? []).map(({ path, added, apart }) => ({
          path,
          added: added ?? undefined,
          apart: apart ?? undefined,
          ai: sumAgents(own.get(path) ?? [], added ?? 0),
        })),
      };
    })
    .sort(
      (one, other) =>
        other.committedAt.getTime() - one.committedAt.getTime() || (one.sha < other.sha ? -1 : 1),
    );
}

/** All together claim no more than the commit added: a ledger may come from a machine that says anything. */
function sumAgents(claims: readonly ClaimedLines[], added: number): AgentLines[] {
  const sums = new Map<string, { agent: string | null; model: string | null; lines: number }>();
  let left = added;
  for (const { agent, model, lines } of claims) {
    const taken = Math.min(left, lines);
    if (taken <= 0) continue;
    left -= taken;
    const key = JSON.stringify([agent, model]);
    const sum = sums.get(key) ?? { agent, model, lines: 0 };
    sum.lines += taken;
    sums.set(key, sum);
  }
  return [...sums.values()];
}
