import { type GitAiNote, agentBehind, isPersonsKey } from "../schema/git-ai-note.ts";
import { isConversationId } from "../schema/ids.ts";
import type { Segment } from "../schema/ledger.ts";
import { isBinary, lineStarts } from "./lines.ts";

/**
 * What a note of git-ai's claims of a committed file: lines that the file has, of agents that the note names. Where
 * entries name the same line the last one counts, and none where one of them is a person's. The cost is that of the
 * file and the note, however often the note names a line.
 */
export function fitGitAi(
  note: GitAiNote,
  path: string,
  content: Uint8Array | undefined,
): Segment[] {
  if (content === undefined || isBinary(content)) return [];
  const entries = note.files.filter((file) => file.path === path).flatMap((file) => file.entries);
  const count = lineStarts(content).length;
  const owner = new Int32Array(count + 1).fill(-1);
  // For each line the next one that nobody has taken; chains are shortened as they are followed.
  const next = Uint32Array.from({ length: count + 2 }, (_, line) => line);
  const find = (line: number): number => {
    let end = line;
    while (next[end] !== end) end = next[end] ?? end;
    for (let at = line; next[at] !== end;) {
      const after = next[at] ?? end;
      next[at] = end;
      at = after;
    }
    return end;
  };
  const order = [...entries.keys()].sort((one, other) => {
    const isPerson = (at: number): boolean => isPersonsKey(entries[at]?.key ?? "");
    return Number(isPerson(other)) - Number(isPerson(one)) || other - one;
  });
  for (const at of order) {
    const entry = entries[at];
    if (entry === undefined) continue;
    if (!isPersonsKey(entry.key) && agentBehind(entry.key, note) === undefined) continue;
    for (const [start, last] of entry.lines) {
      for (let line = find(Math.min(start, count + 1)); line <= Math.min(last, count);) {
        owner[line] = at;
        next[line] = line + 1;
        line = find(line + 1);
      }
    }
  }
  const segments: (Segment & { end_line: number })[] = [];
  let before = -1;
  for (let line = 1; line <= count; line++) {
    const at = owner[line] ?? -1;
    const last = segments.at(-1);
    if (at === before && last?.end_line === line - 1) last.end_line = line;
    else if (at >= 0) {
      const agent = agentBehind(entries[at]?.key ?? "", note);
      if (agent !== undefined) segments.push(segmentOf(line, agent));
    }
    before = at;
  }
  return segments;
}

function segmentOf(
  line: number,
  { tool, id, model }: { tool: string; id: string; model: string | undefined },
): Segment {
  return {
    start_line: line,
    end_line: line,
    type: "ai",
    tool,
    ...(model === undefined ? {} : { model_id: model }),
    // Where we wrote the note ourselves.
    ...(isConversationId(id) ? { conversation_id: id } : {}),
  };
}
