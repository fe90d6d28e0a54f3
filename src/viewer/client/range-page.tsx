import { useState } from "preact/hooks";
import type { VNode } from "preact";
import type { Report } from "../../report/tally.ts";
import { Foreign } from "./foreign-text.tsx";
import { Share, Tile, Waiting } from "./pieces.tsx";
import { useAnswer } from "./use-answer.ts";
import { age, count, fileLink, percent, plural, shortModel } from "./words.ts";

const recordedAs = { hooks: "by hooks", later: "later", unknown: "nothing known" } as const;

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
      {answer === undefined ? <Waiting refusal={refusal} /> : <Sums report={answer} />}
    </div>
  );
}

function Sums({ report }: { report: Report }): VNode {
  const { lines, coverage, agents, files, commits, apart } = report;
  const known = coverage.hooks + coverage.later;
  const others = Object.entries(apart).filter(([, { files: number }]) => number > 0);
  return (
    <>
      <section class="tiles" aria-label="Sums">
        <Tile name="Added lines">{count(lines.added)}</Tile>
        <Tile name="AI">
          {count(lines.ai)} <small>{percent(lines.ai, lines.added)}</small>
        </Tile>
        <Tile name="Unattributed">
          {count(lines.unattributed)} <small>{percent(lines.unattributed, lines.added)}</small>
        </Tile>
        <Tile name="Coverage">
          {percent(known, coverage.commits)}{" "}
          <small>
            {count(known)} of {plural(coverage.commits, "commit")} recorded
          </small>
        </Tile>
      </section>
      {agents.length === 0 ? null : (
        <Table head={["Agent", "Model", "Lines", "Share"]} caption="Agents">
          {agents.map(({ agent, model, lines: own }) => [
            <Foreign text={agent ?? "unknown"} />,
            <Foreign text={shortModel(model) || "unknown"} />,
            count(own),
            percent(own, lines.added),
          ])}
        </Table>
      )}
      <Table head={["File", "Added", "AI", "Unattributed", "Share"]} caption="Files">
        {files.map((file) => [
          <a href={fileLink(file.path)}>
            <Foreign text={file.path} />
          </a>,
          count(file.added),
          count(file.ai),
          count(file.unattributed),
          <Share part={file.ai} whole={file.added} />,
        ])}
      </Table>
      {others.length === 0 ? null : (
        <p class="quiet">
          Not counted:{" "}
          {others
            .map(([kind, { files: number }]) => `${kind}: ${plural(number, "file")}`)
            .join(", ")}
        </p>
      )}
      <Table head={["Commit", "Author", "Added", "AI", "Recorded"]} caption="Commits">
        {commits.map((commit) => [
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

const mostRows = 100;

interface TableProps {
  readonly head: readonly string[];
  readonly caption: string;
  readonly children: readonly (readonly (VNode | string)[])[];
}

/** A table that begins with its first hundred rows; the others come when asked for. */
export function Table({ head, caption, children }: TableProps): VNode {
  const [isWhole, setWhole] = useState(false);
  const rows = isWhole ? children : children.slice(0, mostRows);
  return (
    <div class="table" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>
          {caption} <span class="quiet">{count(children.length)}</span>
        </caption>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, at) => (
            <tr key={at}>
              {cells.map((cell, place) => (
                <td key={place}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < children.length ? (
        <button type="button" class="more" onClick={() => setWhole(true)}>
          Show {count(children.length - rows.length)} more
        </button>
      ) : null}
    </div>
  );
}
