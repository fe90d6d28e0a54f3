import { rowResources } from "../schema/resource.ts";
import type { Warn } from "./files/json-file.ts";
import { readNewestSnapshots } from "./exchange/newest-snapshots.ts";
import type { ProjectPaths } from "./files/paths.ts";
import { openIndex } from "./exchange/open-index.ts";
import { liveConversations } from "./transcripts/take-snapshots.ts";

export interface ProjectCounts {
  readonly traces: number;
  /** Traces that no ledger names, which a push holds back: not committed yet, not in what was committed, or events. */
  readonly unattributed: number;
  /** Traces that tell of an event and not of an edit, as agent-trace-cli writes them. */
  readonly events: number;
  readonly ledgers: number;
  readonly commitLinks: number;
  /** Transcripts of which something is kept here. */
  readonly conversations: number;
  readonly summaries: number;
}

/** How much is recorded. The cost is what has come since the index last looked. */
export function countRecords(project: ProjectPaths, warn: Warn): ProjectCounts {
  using index = openIndex(project);
  return index.ask([...rowResources, "named"], ({ rows, database }) => {
    readNewestSnapshots(index, warn, { restore: false });
    const kept = new Set(liveConversations(project) as string[]);
    const snapshots = database.query("SELECT id FROM conversation WHERE blob IS NOT NULL").all();
    for (const { id } of snapshots as { id: string }[]) kept.add(id);
    return {
      traces: rows.counter("traces"),
      unattributed: rows.counter("unattributed"),
      events: rows.counter("events"),
      ledgers: rows.counter("ledgers"),
      commitLinks: rows.counter("commit_links"),
      conversations: kept.size,
      summaries: rows.counter("summaries"),
    };
  });
}
