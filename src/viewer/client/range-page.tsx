import type { VNode } from "preact";
import type { Report } from "../../report/tally.ts";
import { Foreign } from "./foreign-text.tsx";
import { Waiting } from "./pieces.tsx";
import { RangeForm } from "./range-form.tsx";
import { Sums, recordedAs } from "./sums.tsx";
import { Table } from "./table.tsx";
import { useAnswer } from "./use-answer.ts";
import { age, count, fileLink } from "./words.ts";

export function RangePage({ range }: { range: string }): VNode {
  const { answer, refusal } = useAnswer<Report>(`/api/report?range=${encodeURIComponent(range)}`);
  return (
    <div class="page">
      <header class="head">
        <h1>Commits</h1>
        <RangeForm
          range={range}
          example="all of HEAD, or main..HEAD, or one commit"
          hashOf={(typed) => `/range/${encodeURIComponent(typed)}`}
        />
      </header>
      {answer === undefined ? <Waiting refusal={refusal} /> : <Commits report={answer} />}
    </div>
  );
}

function Commits({ report }: { report: Report }): VNode {
  return (
    <>
      <Sums report={report} linkOf={fileLink} />
      <Table head={["Commit", "Author", "Added", "AI", "Recorded"]} caption="Commits">
        {report.commits.map((commit) => [
          <>
            <a href={`#/range/${commit.sha}`}>{commit.sha.slice(0, 7)}</a>{" "}
            <Foreign text={commit.subject} />
          </>,
          <>
            <Foreign text={commit.author} /> <span class="quiet">{age(commit.committed_at)}</span>
          </>,
          count(commit.added),
          count(commit.ai),
          <span class={commit.recorded === "unknown" ? "quiet" : ""}>
            {recordedAs[commit.recorded]}
          </span>,
        ])}
      </Table>
    </>
  );
}
