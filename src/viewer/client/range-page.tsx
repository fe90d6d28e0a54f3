import { useState } from "preact/hooks";
import type { VNode } from "preact";
import type { Report } from "../../report/tally.ts";
import { Foreign } from "./foreign-text.tsx";
import { Waiting } from "./pieces.tsx";
import { Sums, recordedAs } from "./sums.tsx";
import { Table } from "./table.tsx";
import { useAnswer } from "./use-answer.ts";
import { age, count, fileLink } from "./words.ts";

export function RangePage({ range }: { range: string }): VNode {
  const { answer, refusal } = useAnswer<Report>(`/api/report?range=${encodeURIComponent(range)}`);
  const [typed, setTyped] = useState(range);
  return (
    <div class="page">
      <header class="head">
        <h1>Commits</h1>
        <form
          class="ask"
          onSubmit={(event) => {
            event.preventDefault();
            location.hash = `/range/${encodeURIComponent(typed.trim())}`;
          }}
        >
          <input
            aria-label="Range of commits"
            placeholder="all of HEAD, or main..HEAD, or one commit"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <button type="submit">Show</button>
        </form>
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
