import { segmentsOf } from "../../attribution/follow-ledger.ts";
import { readAttributes } from "../../git/read-attributes.ts";
import { type BlamedLine, readBlame } from "../../git/read-blame.ts";
import { readChanges } from "../../git/read-changes.ts";
import type { CommitRange } from "../../git/read-history.ts";
import type { JudgedFile, LineRun } from "../../report/judge.ts";
import type { Ledger, Segment } from "../../schema/ledger.ts";
import { type History } from "../../store/index/history.ts";
import { openHistory } from "../../store/open-history.ts";
import { findTranscript } from "../../store/transcripts/transcript.ts";
import { readNoted, wantedOf } from "../notes/read-noted.ts";
import type { Project } from "../projects/find-project.ts";

export interface SurvivingQuery {
  /** The commits of the range, and the parent of a single one. */
  readonly commits: ReadonlySet<string>;
  readonly parent: string | undefined;
  /** Which files are asked about: each one costs a blame. */
  matches(path: string): boolean;
  readonly signal?: AbortSignal;
}

const blamesAtOnce = 4;

/** Which lines of a range stand at its end, file by file, and who wrote them. Generated and vendored files are not asked. */
export async function readSurviving(
  project: Project,
  { from, to }: CommitRange,
  query: SurvivingQuery,
): Promise<JudgedFile[]> {
  const { git } = project;
  const base = from ?? query.parent;
  const changes = await readChanges(git, { from: base, to });
  const paths = changes
    .filter(
      ({ newBlob, mode, path }) => newBlob !== undefined && isFile(mode) && query.matches(path),
    )
    .map(({ path }) => path);
  const attributes = await readAttributes(git, paths);
  const asked = paths.filter((path) => !attributes.has(path));
  using history = openHistory(project.paths);
  const findKept = keptFinder(project);
  const files: JudgedFile[] = [];
  for (let at = 0; at < asked.length; at += blamesAtOnce) {
    const some = asked.slice(at, at + blamesAtOnce);
    const blames = await Promise.all(
      some.map((path) =>
        readBlame(git, path, {
          revision: base === undefined ? to : `${base}..${to}`,
          ...(query.signal === undefined ? {} : { signal: query.signal }),
        }),
      ),
    );
    const added = blames.map((blame) =>
      blame.filter(({ commit }) => commit !== undefined && query.commits.has(commit)),
    );
    const ledgers = await ledgersOf(project, history, added.flat());
    some.forEach((path, nth) => {
      const lines = added[nth] ?? [];
      if (lines.length > 0) files.push({ path, runs: runsOf(lines, { ledgers, findKept }) });
    });
  }
  return files;
}

/** What is known of the commits that lines came from: by ledgers, else by git's notes. */
async function ledgersOf(
  { git }: Project,
  history: History,
  lines: readonly BlamedLine[],
): Promise<ReadonlyMap<string, Ledger>> {
  const ledgers = history.ledgers([...new Set(lines.flatMap(({ commit }) => commit ?? []))]);
  const noted = await readNoted(
    git,
    wantedOf(lines, (commit) => !ledgers.has(commit)),
  );
  return new Map([...ledgers, ...[...noted].map(([sha, { ledger }]) => [sha, ledger] as const)]);
}

function isFile(mode: string): boolean {
  return mode === "100644" || mode === "100755";
}

function keptFinder({ paths }: Project): (conversation: string | undefined) => boolean {
  const known = new Map<string, boolean>();
  return (conversation) => {
    if (conversation === undefined) return false;
    const isKept =
      known.get(conversation) ?? findTranscript(paths, conversation, () => {}) !== undefined;
    known.set(conversation, isKept);
    return isKept;
  };
}

function runsOf(
  lines: readonly BlamedLine[],
  facts: {
    ledgers: ReadonlyMap<string, Ledger>;
    findKept: (conversation: string | undefined) => boolean;
  },
): LineRun[] {
  const { ledgers } = facts;
  const segments = new Map<string, readonly Segment[]>();
  const segmentAt = ({ commit, originalPath, originalLine }: BlamedLine) => {
    const ledger = commit === undefined ? undefined : ledgers.get(commit);
    if (ledger === undefined) return undefined;
    const key = `${commit} ${originalPath}`;
    const own = segments.get(key) ?? segmentsOf(ledger, originalPath);
    segments.set(key, own);
    return own.find(
      ({ start_line, end_line }) => start_line <= originalLine && originalLine <= end_line,
    );
  };
  const runs: { start_line: number; end_line: number; ai: boolean; hasConversation: boolean }[] =
    [];
  for (const line of lines) {
    const segment = segmentAt(line);
    const ai = segment !== undefined;
    const hasConversation = ai && facts.findKept(segment.conversation_id);
    const last = runs.at(-1);
    const continues =
      last?.end_line === line.line - 1 &&
      last.ai === ai &&
      last.hasConversation === hasConversation;
    if (continues) last.end_line = line.line;
    else runs.push({ start_line: line.line, end_line: line.line, ai, hasConversation });
  }
  return runs;
}
