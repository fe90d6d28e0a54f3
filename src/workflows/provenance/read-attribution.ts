import { relative, resolve, sep } from "node:path";
import { claimsOf } from "../../attribution/claim-lines.ts";
import { segmentsOf } from "../../attribution/follow-ledger.ts";
import { isBinary, lineStarts } from "../../attribution/lines.ts";
import { AppError, systemCode } from "../../errors.ts";
import { readRegularFile } from "../../foreign-file.ts";
import { locateFile } from "../../git/find-repository.ts";
import { lookAt } from "../../git/look-at.ts";
import type { BlamedLine } from "../../git/read-blame.ts";
import type { Ledger, Segment } from "../../schema/ledger.ts";
import type { PendingClaim } from "../../schema/pending.ts";
import type { Trace } from "../../schema/trace.ts";
import { openHistory } from "../../store/open-history.ts";
import { kindredProjects } from "../../store/kindred-projects.ts";
import { readPending } from "../../store/pending.ts";
import { readNoted, wantedOf } from "../notes/read-noted.ts";
import type { Project } from "../projects/find-project.ts";
import { blameLines, blameRespaced } from "./blame-lines.ts";
import { lookAhead } from "./look-ahead.ts";
import { placeOf } from "./work-tree-place.ts";

/** Neighbouring lines that one trace wrote, or that nobody we know of wrote. 1-based, inclusive. */
export interface Attribution {
  start_line: number;
  end_line: number;
  readonly kind: "AI" | "NO_ATTRIBUTION";
  readonly trace_id: string | null;
  readonly model_id: string | null;
  readonly tool: { readonly name: string; readonly version: string | null } | null;
  readonly timestamp: string | null;
  /** Null for lines that no commit has. */
  readonly commit_sha: string | null;
  readonly conversation_id: string | null;
  readonly source: "ledger" | "note" | "git-ai" | "uncommitted" | null;
}

export interface FileAttribution {
  /** Relative to the work tree's root. */
  readonly path: string;
  /** What was read of the file; empty where it is no text. */
  readonly content: Uint8Array;
  /** Lines asked about, and how many of them are an agent's. */
  readonly lines: number;
  readonly aiLines: number;
  readonly attributions: readonly Attribution[];
  /** What git's notes say of conversations that may not be kept here, by their ids. */
  readonly notedSummaries: ReadonlyMap<string, string>;
}

export interface AttributionQuery {
  readonly lines?: { readonly start: number; readonly end: number };
  /** `-w`, `-M`, `-C`, as git's blame takes them. */
  readonly flags?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Who wrote the lines of a file as it stands in the work tree: git says which line of which commit each one is, that
 * commit's ledger says who wrote it, and the pending file answers for lines that no commit has.
 */
export async function readAttribution(
  project: Project,
  file: string,
  query: AttributionQuery = {},
): Promise<FileAttribution> {
  const { path, content } = readSource(project, file);
  const total = lineStarts(content).length;
  if (query.lines !== undefined && query.lines.end > total) {
    throw new AppError("usage", `\`${path}\` has ${total} lines`, {
      hint: "ask for lines that it has",
    });
  }
  const blaming = blameLines(project.git, { path, content }, query);
  // Git is at work by now: the index is opened in the meantime. A failure of git's is told where it is awaited.
  blaming.catch(() => {});
  const caughtUp = await lookAhead(project);
  using history = openHistory(project.paths);
  const blamed = await blaming;
  const place = placeOf(project.paths, project.git.repository);
  const pending = blamed.some(({ commit }) => commit === undefined)
    ? readPending(place, path)
    : undefined;
  const uncommitted = pending === undefined ? undefined : claimsOf(pending, content);
  const open = blamed.filter(({ commit, line }) => commit === undefined && !uncommitted?.has(line));
  const respaced = await blameRespaced(project.git, { path, content }, open);
  const lines = blamed.map((line) => respaced.get(line.line) ?? line);
  const commits = new Set(lines.flatMap(({ commit }) => commit ?? []));
  const ledgers = new Map([...caughtUp, ...history.ledgers([...commits])]);
  const missing = [...commits].filter((commit) => !ledgers.has(commit));
  const kindred = askKindred(project, missing);
  for (const [commit, ledger] of kindred.ledgers) ledgers.set(commit, ledger);
  const noted = await readNoted(
    project.git,
    wantedOf(lines, (commit) => !ledgers.has(commit)),
  );
  for (const [commit, { ledger }] of noted) ledgers.set(commit, ledger);
  const findSegment = segmentFinder(ledgers);
  const found = lines.map((line, at) => {
    const segment = findSegment(line);
    // What is nobody's stays uncommitted, as git has it.
    const shown = segment === undefined ? (blamed[at] ?? line) : line;
    const claim = shown.commit === undefined ? uncommitted?.get(line.line) : undefined;
    return { line: shown, segment, claim };
  });
  const named = new Set(found.flatMap(({ segment }) => segment?.trace_id ?? []));
  const traces = new Map([...kindred.traces, ...history.traces([...named])]);
  const attributions: Attribution[] = [];
  for (const { line, segment, claim } of found) {
    const attribution =
      segment !== undefined
        ? fromLedger(line, segment, {
            trace: traces.get(segment.trace_id ?? ""),
            source: noted.get(line.commit ?? "")?.source ?? "ledger",
          })
        : claim !== undefined
          ? fromPending(line, claim)
          : unattributed(line);
    const last = attributions.at(-1);
    if (last !== undefined && continues(last, attribution)) last.end_line = line.line;
    else attributions.push(attribution);
  }
  const aiLines = found.filter(({ segment, claim }) => (segment ?? claim) !== undefined).length;
  const notedSummaries = new Map([...noted.values()].flatMap(({ summaries }) => [...summaries]));
  return { path, content, lines: blamed.length, aiLines, attributions, notedSummaries };
}

/** What other clones of this home know of commits that nothing here tells of. Nothing of it is kept here. */
function askKindred(
  { paths }: Project,
  commits: readonly string[],
): { ledgers: Map<string, Ledger>; traces: Map<string, Trace> } {
  const ledgers = new Map<string, Ledger>();
  const traces = new Map<string, Trace>();
  if (commits.length === 0) return { ledgers, traces };
  for (const other of kindredProjects(paths)) {
    using history = openHistory(other);
    for (const [commit, ledger] of history.ledgers(commits)) {
      ledgers.set(commit, ledger);
      for (const [id, trace] of history.traces(ledger.trace_ids)) traces.set(id, trace);
    }
  }
  return { ledgers, traces };
}

/** A file of the work tree: its path in there and its text, empty where it is none. Fails with `not_found`. */
export function readSource({ git }: Project, file: string): { path: string; content: Uint8Array } {
  const stats = lookAt(file);
  if (stats === undefined) {
    throw new AppError("not_found", `there is no file \`${file}\``, {
      hint: "name a file of the work tree",
    });
  }
  const location = stats.isFile() ? locateFile(file) : undefined;
  if (location === undefined || location.repository.workTree !== git.repository.workTree) {
    throw new AppError(
      "not_found",
      stats.isFile()
        ? `\`${file}\` is outside of ${git.repository.workTree}`
        : `\`${file}\` is no file`,
      { hint: "name a file of the work tree" },
    );
  }
  const path = relative(git.repository.workTree, resolve(git.repository.workTree, location.path));
  const content = readWhole(resolve(git.repository.workTree, location.path), path);
  return {
    path: path.split(sep).join("/"),
    content: isBinary(content) ? new Uint8Array(0) : content,
  };
}

function readWhole(file: string, path: string): Uint8Array {
  try {
    const content = readRegularFile(file);
    if (content !== undefined) return content;
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  } catch (error) {
    if (error instanceof AppError && error.code === "damaged_file") throw error;
    const code = systemCode(error instanceof AppError ? error.cause : error) ?? "unknown cause";
    throw new AppError("permission_denied", `\`${path}\` cannot be read (${code})`, {
      hint: "look at the file's owner and permissions",
      cause: error,
    });
  }
}

/** Finds claims by the line and the path that the commit had: neighbours today need not have been neighbours there. */
function segmentFinder(ledgers: ReadonlyMap<string, Ledger>) {
  const known = new Map<string, readonly Segment[]>();
  return ({ commit, originalPath, originalLine }: BlamedLine): Segment | undefined => {
    const ledger = commit === undefined ? undefined : ledgers.get(commit);
    if (ledger === undefined) return undefined;
    const key = `${commit} ${originalPath}`;
    const segments = known.get(key) ?? segmentsOf(ledger, originalPath);
    known.set(key, segments);
    return segmentAt(segments, originalLine);
  };
}

/** Segments stand in order and share no line. */
function segmentAt(segments: readonly Segment[], line: number): Segment | undefined {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.end_line ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  const found = segments[low];
  return found !== undefined && found.start_line <= line ? found : undefined;
}

function fromLedger(
  line: BlamedLine,
  segment: Segment,
  { trace, source }: { trace: Trace | undefined; source: Attribution["source"] },
): Attribution {
  const tool = trace?.tool ?? (segment.tool === undefined ? undefined : { name: segment.tool });
  return {
    start_line: line.line,
    end_line: line.line,
    kind: "AI",
    trace_id: segment.trace_id ?? null,
    model_id: segment.model_id ?? null,
    tool: tool === undefined ? null : { name: tool.name, version: tool.version ?? null },
    timestamp: trace?.timestamp ?? null,
    commit_sha: line.commit ?? null,
    conversation_id: segment.conversation_id ?? null,
    source,
  };
}

function fromPending(line: BlamedLine, claim: PendingClaim): Attribution {
  const { tool } = claim;
  return {
    start_line: line.line,
    end_line: line.line,
    kind: "AI",
    trace_id: claim.traceId,
    model_id: claim.modelId ?? null,
    tool: tool === undefined ? null : { name: tool.name, version: tool.version ?? null },
    timestamp: claim.timestamp,
    commit_sha: null,
    conversation_id: claim.conversationId ?? null,
    source: "uncommitted",
  };
}

function unattributed(line: BlamedLine): Attribution {
  return {
    start_line: line.line,
    end_line: line.line,
    kind: "NO_ATTRIBUTION",
    trace_id: null,
    model_id: null,
    tool: null,
    timestamp: null,
    commit_sha: line.commit ?? null,
    conversation_id: null,
    source: null,
  };
}

function continues(last: Attribution, next: Attribution): boolean {
  return (
    last.end_line === next.start_line - 1 &&
    last.kind === next.kind &&
    last.trace_id === next.trace_id &&
    last.commit_sha === next.commit_sha &&
    last.source === next.source &&
    last.tool?.name === next.tool?.name &&
    last.model_id === next.model_id &&
    last.conversation_id === next.conversation_id
  );
}
