import { readSaidPiece, readSaidWhole } from "../../capture/read-said.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { openHistory } from "../../store/open-history.ts";
import { type TurnReader, isBehind, readOn } from "../../store/search/read-on.ts";
import { type Gain, type IndexedTranscript, SearchIndex } from "../../store/search/search-index.ts";
import { readLiveCopy } from "../../store/transcripts/live-copy.ts";
import { listKeptIds, listTranscripts } from "../../store/transcripts/list-transcripts.ts";
import type { KeptTranscript } from "../../store/transcripts/transcript.ts";

const reader: TurnReader = { piece: readSaidPiece, whole: readSaidWhole };

/** How far the filling has come, in transcripts and in their bytes. */
export interface Filling {
  readonly done: number;
  readonly all: number;
  readonly bytes: number;
  readonly bytesTotal: number;
}

/** So much is gathered before it is written: a step of the index costs the same for little and for more. */
const mostSaid = 512 * 1024;
const mostGains = 200;

/**
 * Brings the index of words up to date with the kept conversations, a piece at each turn. Whoever stops in between
 * loses at most what was gathered since the last write. What is kept no longer goes first.
 */
export function* fillSearch(project: ProjectPaths, index: SearchIndex): Generator<Filling> {
  const kept = listTranscripts(project, () => {});
  const known = index.transcripts();
  forget(index, known, new Set<string>(kept.map(({ id }) => id)));
  const behind = kept.filter((transcript) => isBehind(transcript, known.get(transcript.id)));
  if (behind.length === 0) return;
  const bytesTotal = behind.reduce((sum, { id, bytes: size }) => {
    return sum + Math.max(0, size - (known.get(id)?.consumed ?? 0));
  }, 0);
  let bytes = 0;
  let gathered: Gain[] = [];
  let characters = 0;
  const write = (): void => {
    index.add(gathered);
    gathered = [];
    characters = 0;
  };
  using agents = agentsOf(project);
  for (const [done, transcript] of behind.entries()) {
    const before = known.get(transcript.id);
    const agent = before?.agent ?? agents.of(transcript);
    let consumed = before?.consumed ?? 0;
    for (const gain of readOn(transcript, { before, agent, reader })) {
      gathered.push(gain);
      for (const { text } of gain.said) characters += text.length;
      bytes += Math.max(0, gain.after.consumed - consumed);
      consumed = gain.after.consumed;
      if (characters >= mostSaid || gathered.length >= mostGains) write();
      yield { done, all: behind.length, bytes, bytesTotal };
    }
  }
  write();
}

/** Takes conversations of which nothing is kept any more out of the index. */
export function forgetGone(project: ProjectPaths, index: SearchIndex): void {
  forget(
    index,
    index.transcripts(),
    listKeptIds(project, () => {}),
  );
}

function forget(
  index: SearchIndex,
  known: ReadonlyMap<string, IndexedTranscript>,
  kept: ReadonlySet<string>,
): void {
  index.forget([...known.values()].filter(({ id }) => !kept.has(id)));
}

/** Whose a conversation is: its live copy tells, else the traces that it made. */
function agentsOf(project: ProjectPaths): Disposable & { of(transcript: KeptTranscript): string } {
  const history = openHistory(project);
  return {
    of: ({ id }) => readLiveCopy(project, id)?.agent ?? history.agentOf(id) ?? "unknown",
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
}
