import type { CommitLink } from "../schema/commit-link.ts";
import type { Ledger } from "../schema/ledger.ts";
import type { Summary } from "../schema/summary.ts";
import type { Trace } from "../schema/trace.ts";
import { type Appended, appendLines } from "./files/append.ts";
import type { ProjectPaths } from "./files/paths.ts";

/** Each returns when a kill of any process can no longer lose the record. */
export function appendTrace(project: ProjectPaths, trace: Trace): Appended {
  return appendLines(project.traces, [JSON.stringify(trace)]);
}

/** Before the commit link of the same commit: a link without its ledger would claim that the work was done. */
export function appendLedger(project: ProjectPaths, ledger: Ledger): Appended {
  return appendLines(project.ledgers, [JSON.stringify(ledger)]);
}

export function appendCommitLink(project: ProjectPaths, link: CommitLink): Appended {
  return appendLines(project.commitLinks, [JSON.stringify(link)]);
}

export function appendSummary(project: ProjectPaths, summary: Summary): Appended {
  return appendLines(project.summaries, [JSON.stringify(summary)]);
}
