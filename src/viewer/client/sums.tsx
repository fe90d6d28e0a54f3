import type { VNode } from "preact";
import type { Report } from "../../report/tally.ts";
import { Foreign } from "./foreign-text.tsx";
import { Share, Tile } from "./pieces.tsx";
import { Table } from "./table.tsx";
import { count, percent, plural, shortModel } from "./words.ts";

export const recordedAs = { hooks: "by hooks", later: "later", unknown: "nothing known" } as const;

/** What is shown of a report. */
export type SummedUp = Pick<Report, "lines" | "coverage" | "agents" | "files" | "apart">;

interface SumsProps {
  readonly report: SummedUp;
  /** Where a file leads to; nowhere, where there is none. */
  linkOf?(path: string): string;
  /** Stands beneath the sums of all. */
  readonly children?: VNode;
}

/** What commits added, by agent and by file. */
export function Sums({ report, linkOf, children }: SumsProps): VNode {
  const { apart, files } = report;
  const others = Object.entries(apart).filter(([, { files: number }]) => number > 0);
  return (
    <>
      <SumTiles report={report} />
      {children}
      <AgentTable report={report} />
      <Table head={["File", "Added", "AI", "Unattributed", "Share"]} caption="Files">
        {files.map((file) => [
          linkOf === undefined ? (
            <Foreign text={file.path} />
          ) : (
            <a href={linkOf(file.path)}>
              <Foreign text={file.path} />
            </a>
          ),
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
    </>
  );
}

export function SumTiles({ report }: { report: Pick<Report, "lines" | "coverage"> }): VNode {
  const { lines, coverage } = report;
  const known = coverage.hooks + coverage.later;
  return (
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
  );
}

export function AgentTable({
  report: { agents, lines },
}: {
  report: Pick<Report, "agents" | "lines">;
}): VNode | null {
  return agents.length === 0 ? null : (
    <Table head={["Agent", "Model", "Lines", "Share"]} caption="Agents">
      {agents.map(({ agent, model, lines: own }) => [
        <Foreign text={agent ?? "unknown"} />,
        <Foreign text={shortModel(model) || "unknown"} />,
        count(own),
        percent(own, lines.added),
      ])}
    </Table>
  );
}
