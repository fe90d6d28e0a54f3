import { rangeHasher } from "../../attribution/range-hash.ts";
import { type Objects, openObjects } from "../../git/open-objects.ts";
import {
  type AgentTraceRecord,
  type RecordConversation,
  type RecordRange,
  recordVersion,
  relatedConversation,
} from "../../schema/agent-trace-record.ts";
import { uuidOf } from "../../schema/digest.ts";
import type { Ledger, Segment } from "../../schema/ledger.ts";
import type { Trace } from "../../schema/trace.ts";
import { openHistory } from "../../store/open-history.ts";
import { ledgersIn } from "../notes/rebuild-notes.ts";
import type { Project } from "../projects/find-project.ts";

/**
 * What the ledgers of a range say as Agent Trace records: one for each commit and agent, whose revision is the commit, so
 * that its lines are those of the committed files. The same ledger makes the same records.
 */
export async function exportRecords(
  project: Project,
  range: string | undefined,
): Promise<AgentTraceRecord[]> {
  const ledgers = await ledgersIn(project, range ?? "HEAD", range === undefined);
  using history = openHistory(project.paths);
  await using objects = openObjects(project.git);
  const records: AgentTraceRecord[] = [];
  for (const ledger of ledgers) {
    const traces = history.traces(ledger.trace_ids);
    records.push(...(await recordsOf(objects, ledger, traces)));
  }
  return records;
}

type Tool = AgentTraceRecord["tool"];

async function recordsOf(
  objects: Objects,
  ledger: Ledger,
  traces: ReadonlyMap<string, Trace>,
): Promise<AgentTraceRecord[]> {
  const { commit_sha: revision } = ledger;
  const committed = new Date(ledger.committed_at ?? 0);
  const timestamp = (Number.isNaN(committed.getTime()) ? new Date(0) : committed).toISOString();
  const byTool = new Map<string, { tool: Tool; files: AgentTraceRecord["files"][number][] }>();
  for (const [path, { line_attributions }] of Object.entries(ledger.files)) {
    const content = (await objects.read(`${revision}:${path}`))?.content;
    const own = Map.groupBy(line_attributions, (segment) => {
      const { name = "unknown", version = "unknown" } =
        traces.get(segment.trace_id ?? "")?.tool ?? {};
      return JSON.stringify([name, version]);
    });
    for (const [key, segments] of own) {
      const [name, version] = JSON.parse(key) as [string, string];
      const of = byTool.get(key) ?? { tool: { name, version }, files: [] };
      byTool.set(key, of);
      of.files.push({ path, conversations: conversationsOf(segments, content) });
    }
  }
  return [...byTool].map(([key, { tool, files }]) => ({
    version: recordVersion,
    id: uuidOf(`agent-trace record ${revision} ${key}`),
    timestamp,
    vcs: { type: "git", revision },
    tool,
    files,
  }));
}

function conversationsOf(
  segments: readonly Segment[],
  content: Uint8Array | undefined,
): RecordConversation[] {
  const groups = Map.groupBy(segments, ({ conversation_id: id, model_id: model }) =>
    JSON.stringify([id, model]),
  );
  const hashOf = content === undefined ? () => undefined : rangeHasher(content);
  return [...groups.values()].map((group) => {
    const { conversation_id: id, model_id: model } = group[0] ?? {};
    return {
      contributor: {
        type: "ai",
        ...(model === undefined ? {} : { model_id: model.slice(0, 250) }),
      },
      ranges: group.map(({ start_line, end_line }): RecordRange => {
        const hash = hashOf(start_line, end_line);
        return { start_line, end_line, ...(hash === undefined ? {} : { content_hash: hash }) };
      }),
      ...(id === undefined ? {} : { related: [relatedConversation(id)] }),
    };
  });
}
