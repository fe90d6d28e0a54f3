import { join } from "node:path";
import type { Ledger } from "../../src/schema/ledger.ts";
import type { ProjectId } from "../../src/schema/ids.ts";
import type { Summary } from "../../src/schema/summary.ts";
import type { Trace } from "../../src/schema/trace.ts";
import { appendLines } from "../../src/store/files/append.ts";
import { type ProjectPaths, projectPaths } from "../../src/store/files/paths.ts";
import { temporaryDirectory } from "../support/directories.ts";

/** A project in a home of its own. */
export function projectScene(): Disposable & {
  readonly project: ProjectPaths;
  readonly home: string;
} {
  const directory = temporaryDirectory();
  const home = join(directory.path, "home");
  return {
    home,
    project: projectPaths(home, `at-${"0".repeat(32)}` as ProjectId),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

export function sha(digit: string): string {
  return digit.repeat(40).slice(0, 40);
}

/** A trace of one line of one file. */
export function trace(
  id: string,
  changes: Partial<Trace> & { path?: string; line?: string } = {},
): Trace {
  const { path = "a.ts", line = `sha256:${id}`, ...rest } = changes;
  return {
    version: "2.0",
    id,
    timestamp: "2026-02-10T12:00:00.123456+00:00",
    tool: { name: "claude-code", version: "2.1.3" },
    files: [
      {
        path,
        conversations: [
          {
            contributor: { type: "ai" },
            ranges: [{ start_line: 1, end_line: 1, line_hashes: [{ line_offset: 0, hash: line }] }],
            id: "c".repeat(64),
          },
        ],
      },
    ],
    ...rest,
  };
}

export function ledger(commit: string, traceIds: readonly string[], note = ""): Ledger {
  return {
    version: "2.0",
    commit_sha: commit,
    parent_sha: null,
    created_at: `2026-02-10T12:00:00+00:00${note}`,
    trace_ids: [...traceIds].sort(),
    files: {
      "a.ts": {
        line_attributions: [
          {
            start_line: 1,
            end_line: 1,
            type: "ai",
            trace_id: "1",
            conversation_id: "c".repeat(64),
          },
        ],
      },
    },
  };
}

/** As an earlier time left them. */
export function appendTraces(project: ProjectPaths, traces: readonly Trace[]): void {
  appendLines(
    project.traces,
    traces.map((one) => JSON.stringify(one)),
  );
}

export function appendSummary(project: ProjectPaths, summary: Summary): void {
  appendLines(project.summaries, [JSON.stringify(summary)]);
}
