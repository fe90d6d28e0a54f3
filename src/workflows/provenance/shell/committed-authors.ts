import { segmentsOf } from "../../../attribution/follow-ledger.ts";
import { type BlamedLine, readBlame } from "../../../git/read-blame.ts";
import type { PendingClaim } from "../../../schema/pending.ts";
import { openHistory } from "../../../store/open-history.ts";
import type { Project } from "../../projects/find-project.ts";

/** Who wrote the lines of a file as a commit has it, by the ledgers; undefined for lines that nothing is known of. */
export async function readCommittedAuthors(
  project: Project,
  revision: string,
  path: string,
): Promise<(PendingClaim | undefined)[]> {
  const blamed = await readBlame(project.git, path, { revision }).catch((): BlamedLine[] => []);
  using history = openHistory(project.paths);
  const ledgers = history.ledgers([...new Set(blamed.flatMap(({ commit }) => commit ?? []))]);
  const found = blamed.map(({ commit, originalPath, originalLine }) => {
    const ledger = commit === undefined ? undefined : ledgers.get(commit);
    if (ledger === undefined) return undefined;
    return segmentsOf(ledger, originalPath).find(
      ({ start_line, end_line }) => start_line <= originalLine && originalLine <= end_line,
    );
  });
  const traces = history.traces([...new Set(found.flatMap((segment) => segment?.trace_id ?? []))]);
  return found.map((segment) => {
    if (segment?.trace_id === undefined) return undefined;
    const trace = traces.get(segment.trace_id);
    return {
      traceId: segment.trace_id,
      timestamp: trace?.timestamp ?? "",
      modelId: segment.model_id,
      conversationId: segment.conversation_id,
      tool: trace?.tool,
    };
  });
}
