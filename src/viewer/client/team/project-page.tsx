import type { VNode } from "preact";
import type { CommitLines, Group } from "../../../report/tally.ts";
import type { TeamRange } from "../../team-views.ts";
import { Waiting } from "../pieces.tsx";
import { RangeForm } from "../range-form.tsx";
import { type SummedUp, Sums, recordedAs } from "../sums.tsx";
import { Table } from "../table.tsx";
import { useAnswer } from "../use-answer.ts";
import { age, count, percent, plural } from "../words.ts";
import { Downloads } from "./downloads.tsx";
import { addressOf, projectLink } from "./team-address.ts";

interface TeamReport extends TeamRange, SummedUp {
  readonly groups: readonly Group[];
  readonly commits: readonly Omit<CommitLines, "declared" | "subject" | "author">[];
}

interface ProjectPageProps {
  readonly project: string;
  /** Commits such as `A..B`; undefined: those of the last weeks. */
  readonly range: string | undefined;
  readonly weeks: string;
}

const spans = ["4", "12", "26", "52", "all"] as const;

/** What commits of some weeks, or between two commits, added: the sums of `agent-trace report`. */
export function ProjectPage({ project, range, weeks }: ProjectPageProps): VNode {
  const query: Record<string, string> = range === undefined ? { weeks } : { range };
  const { answer, refusal } = useAnswer<TeamReport>(addressOf("report", project, query));
  const table = (by: string): string => addressOf("report", project, { ...query, by });
  return (
    <div class="page">
      <header class="head">
        <h1>Activity</h1>
        <nav class="choice" aria-label="Weeks">
          {spans.map((span) => (
            <a
              key={span}
              href={projectLink(project, "weeks", span)}
              {...(range === undefined && span === weeks
                ? { "aria-current": "true" as const }
                : {})}
            >
              {span === "all" ? "all" : `${span} weeks`}
            </a>
          ))}
        </nav>
        <RangeForm
          range={range ?? ""}
          example="or two commits: 1a2b3c4..5d6e7f8"
          hashOf={(typed) => projectLink(project, "range", typed)}
        />
      </header>
      {answer === undefined ? (
        <Waiting refusal={refusal} />
      ) : (
        <Activity project={project} report={answer} table={table} />
      )}
    </div>
  );
}

interface ActivityProps {
  readonly project: string;
  readonly report: TeamReport;
  table(by: string): string;
}

function Activity({ project, report, table }: ActivityProps): VNode {
  const { groups, commits, uncounted, gaps } = report;
  return (
    <>
      {uncounted.commits === 0 ? null : (
        <p class="quiet">
          Not in these sums: {plural(uncounted.commits, "commit")} with{" "}
          {plural(uncounted.ai, "line")} by agents. How much they added was not sent yet; the next
          push of a newer agent-trace sends it.
        </p>
      )}
      {gaps === 0 ? null : (
        <p class="quiet">The history has {plural(gaps, "gap")}: what lies before was not sent.</p>
      )}
      {commits.length === 0 && uncounted.commits === 0 ? (
        <p class="empty">No commits of this time were sent.</p>
      ) : (
        <>
          <Sums report={report} linkOf={(path) => projectLink(project, "file", path)}>
            <Weeks groups={groups} />
          </Sums>
          <Table head={["Commit", "Time", "Added", "AI", "Recorded"]} caption="Commits">
            {commits.map((commit) => [
              <code>{commit.sha.slice(0, 10)}</code>,
              age(commit.committed_at),
              count(commit.added),
              count(commit.ai),
              <span class={commit.recorded === "unknown" ? "quiet" : ""}>
                {recordedAs[commit.recorded]}
              </span>,
            ])}
          </Table>
          <ul class="tables" aria-label="Tables">
            {["week", "agent", "file", "commit"].map((by) => (
              <li key={by}>
                By {by}: <Downloads address={table(by)} of={`By ${by}`} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** Lines by week as columns; the figures stand in the table beneath, as heights say nothing to some. */
function Weeks({ groups }: { groups: readonly Group[] }): VNode {
  const most = Math.max(1, ...groups.map(({ added }) => added));
  const height = (lines: number): { height: string } => ({ height: `${(lines / most) * 100}%` });
  return (
    <section class="weeks" aria-label="Lines by week">
      <div class="columns" aria-hidden="true">
        {groups.map(({ key, added, ai, unattributed }) => (
          <div
            key={key}
            class="column"
            title={`${key}: ${count(ai)} of ${plural(added, "line")} by agents`}
          >
            <span class="others" style={height(unattributed)} />
            <span class="agents" style={height(ai)} />
            <small>{(key ?? "").slice(5)}</small>
          </div>
        ))}
      </div>
      <p class="legend-line" aria-hidden="true">
        <span class="key agents" /> agents <span class="key others" /> unattributed
      </p>
      <details class="figures">
        <summary>Figures by week</summary>
        <Table head={["Week", "Added", "AI", "Unattributed", "Share", "Recorded"]} caption="Weeks">
          {groups.map(({ key, added, ai, unattributed, coverage }) => [
            key ?? "",
            count(added),
            count(ai),
            count(unattributed),
            percent(ai, added),
            `${count(coverage.hooks + coverage.later)} of ${plural(coverage.commits, "commit")}`,
          ])}
        </Table>
      </details>
    </section>
  );
}
