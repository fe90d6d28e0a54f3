import { asObject, nameField } from "../payload.ts";
import { readTail, rowsBackward } from "../read-tail.ts";

export interface ClaudeSession {
  readonly transcriptPath: string | undefined;
  /** The id of the subagent that acts, whose transcript stands beside the session's own. */
  readonly subagent: string | undefined;
}

export interface ClaudeOrigin {
  readonly model: string | undefined;
  readonly version: string | undefined;
}

/** How much of a transcript's end is read: first this, and once more than this where one long line hides the answer. */
const tails = [64 * 1024, 1024 * 1024];

/**
 * The model that spoke last and the version that wrote it, from the end of the transcript: tool events name neither.
 * Costs at most about 1 MiB of reading, however long the transcript is.
 */
export function readClaudeOrigin({ transcriptPath, subagent }: ClaudeSession): ClaudeOrigin {
  if (transcriptPath === undefined) return { model: undefined, version: undefined };
  for (const path of [...subagentPaths(transcriptPath, subagent), transcriptPath]) {
    for (const size of tails) {
      const origin = parseTail(readTail(path, size));
      if (origin !== undefined) return origin;
    }
  }
  return { model: undefined, version: undefined };
}

/** Where versions of Claude Code have kept the transcripts of subagents. */
export function subagentPaths(
  transcriptPath: string | undefined,
  subagent: string | undefined,
): string[] {
  if (transcriptPath === undefined || subagent === undefined) return [];
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(subagent)) return [];
  const directory = transcriptPath.replace(/[^/\\]*$/, "");
  const session = transcriptPath.replace(/\.jsonl$/, "");
  return [`${session}/subagents/agent-${subagent}.jsonl`, `${directory}agent-${subagent}.jsonl`];
}

/** The newest line in which a model speaks. The first line may be cut, and the last one still being written. */
function parseTail(tail: string): ClaudeOrigin | undefined {
  for (const record of rowsBackward(tail, '"assistant"', '"model"')) {
    const model = nameField(asObject(record["message"]), "model");
    // Claude Code's own remarks are written as if a model of this name had spoken.
    if (model === undefined || model === "<synthetic>") continue;
    return { model, version: nameField(record, "version") };
  }
  return undefined;
}
