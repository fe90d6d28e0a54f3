import type { PendingClaim } from "../../schema/pending.ts";
import { toSegments, withinRanges } from "../../attribution/claim-lines.ts";
import { rangeHasher } from "../../attribution/range-hash.ts";
import { buildTrace } from "../../attribution/trace.ts";
import { qualifyModel } from "../../capture/model-name.ts";
import { AppError } from "../../errors.ts";
import { readForeignFile } from "../../foreign-file.ts";
import { type Objects, openObjects } from "../../git/open-objects.ts";
import { type Commit, readCommit } from "../../git/read-commit.ts";
import { type ToldRange, type ToldRecord, readRecord } from "../../schema/agent-trace-record.ts";
import { isCommitSha } from "../../schema/ids.ts";
import type { Ledger, LedgerFile } from "../../schema/ledger.ts";
import { formatRecordTime } from "../../schema/time.ts";
import type { Trace } from "../../schema/trace.ts";
import type { History } from "../../store/index/history.ts";
import { openHistory } from "../../store/open-history.ts";
import { appendCommitLink, appendLedger, appendTrace } from "../../store/records.ts";
import type { Project } from "../projects/find-project.ts";
import {
  addedLinesOf,
  isCommitted,
  readCommitView,
  readCommittedFile,
} from "../provenance/committed-files.ts";
import { openContents } from "../provenance/contents.ts";
import { provableLines } from "../provenance/gather-claims.ts";

export interface ImportedRecords {
  /** Taken over, and not known here before. */
  readonly records: number;
  readonly known: number;
  /** Values in the file that are no records. */
  readonly unreadable: number;
  /** Commits that got a ledger by it, and how many lines it claims. */
  readonly commits: number;
  readonly lines: number;
  /** Ranges of agents of which nothing proves that the named revision has their text. */
  readonly unproven: number;
}

const largestFile = 256 * 1024 * 1024;

/**
 * Takes over Agent Trace records of other programs: each one as a trace. Lines become claims where the record proves them:
 * its revision is a commit here that added them, and their text there has the hash that the record gives. A record
 * without such a hash, or one whose revision stands for the time before its commit, proves no line. A commit that has a
 * ledger keeps it. Safe to repeat; the traces come before the ledgers, so that a kill leaves work to do again.
 */
export async function importRecords(
  project: Project,
  file: string,
  { now, dryRun }: { readonly now: Date; readonly dryRun: boolean },
): Promise<ImportedRecords> {
  const { told, unreadable } = parseRecords(readWhole(file));
  using history = openHistory(project.paths);
  await using objects = openObjects(project.git);
  const ids = history.traces(told.map(({ id }) => id));
  const fresh = new Map<string, ToldRecord>();
  for (const record of told) if (!ids.has(record.id)) fresh.set(record.id, record);
  const byCommit = new Map<string, { commit: Commit; proven: Proven[] }>();
  let unproven = 0;
  for (const record of fresh.values()) {
    const { revision } = record;
    const commit = isCommitSha(revision) ? await readCommit(objects, revision) : undefined;
    const { proven, rest } = await prove(objects, record, commit);
    unproven += rest;
    if (!dryRun) appendTrace(project.paths, traceOf(record, proven));
    if (commit === undefined || proven.length === 0) continue;
    const known = byCommit.get(commit.sha) ?? { commit, proven: [] };
    byCommit.set(commit.sha, known);
    known.proven.push(...proven);
  }
  const ledgers: Ledger[] = [];
  for (const { commit, proven } of byCommit.values()) {
    const ledger = await ledgerOf(project, history, { objects, commit, proven, now });
    if (ledger === undefined) continue;
    ledgers.push(ledger);
    if (dryRun) continue;
    appendLedger(project.paths, ledger);
    const { commit_sha, parent_sha = null, trace_ids, files, committed_at = "" } = ledger;
    const created_at = ledger.created_at ?? "";
    const files_changed = Object.keys(files);
    const link = { commit_sha, parent_sha, trace_ids, files_changed, committed_at, created_at };
    appendCommitLink(project.paths, link);
  }
  const lines = ledgers
    .flatMap(({ files }) => Object.values(files))
    .flatMap(({ line_attributions }) => line_attributions)
    .reduce((sum, { start_line, end_line }) => sum + end_line - start_line + 1, 0);
  return {
    records: fresh.size,
    known: told.length - fresh.size,
    unreadable,
    commits: ledgers.length,
    lines,
    unproven,
  };
}

function readWhole(file: string): string {
  const content = readForeignFile(file, { limit: largestFile });
  if (content !== undefined) return content.toString("utf8");
  throw new AppError("not_found", `there is no file \`${file}\``, {
    hint: "name a file of Agent Trace records",
  });
}

/** One record, a list of them, or one a line. */
function parseRecords(text: string): { told: ToldRecord[]; unreadable: number } {
  const values =
    parseWhole(text) ??
    text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map(parse);
  const told = values.map(readRecord);
  const sound = told.filter((record) => record !== undefined);
  return { told: sound, unreadable: told.length - sound.length };
}

function parseWhole(text: string): unknown[] | undefined {
  const value = parse(text);
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type HashOf = ReturnType<typeof rangeHasher>;

interface Proven {
  readonly record: ToldRecord;
  readonly range: ToldRange;
  readonly content: Uint8Array;
}

/** The ranges of a record whose text stands in its revision. */
async function prove(
  objects: Objects,
  record: ToldRecord,
  commit: Commit | undefined,
): Promise<{ proven: Proven[]; rest: number }> {
  const proven: Proven[] = [];
  const texts = new Map<string, { content: Uint8Array; hashOf: HashOf } | undefined>();
  for (const range of record.ranges) {
    if (commit === undefined || range.hash?.startsWith("sha256:") !== true) continue;
    if (!texts.has(range.path)) {
      const blob = await objects.read(`${commit.sha}:${range.path}`, largestFile);
      const content = blob?.type === "blob" ? blob.content : undefined;
      texts.set(range.path, content && { content, hashOf: rangeHasher(content) });
    }
    const text = texts.get(range.path);
    if (text?.hashOf(range.start, range.end) !== range.hash || text === undefined) continue;
    proven.push({ record, range, content: text.content });
  }
  return { proven, rest: record.ranges.length - proven.length };
}

function claimOf({ id, timestamp, tool }: ToldRecord, range: ToldRange): PendingClaim {
  return {
    traceId: id,
    timestamp: formatRecordTime(new Date(timestamp)),
    modelId: range.model === undefined ? undefined : qualifyModel(range.model),
    conversationId: range.conversation,
    tool,
  };
}

/** A trace of a record, with the lines that it proves: of the others only their files are told. */
function traceOf(record: ToldRecord, proven: readonly Proven[]): Trace {
  const { revision } = record;
  const facts = { revision, metadata: { imported: "agent-trace-record" } };
  const groups = Map.groupBy(record.ranges, ({ path, model, conversation }) =>
    JSON.stringify([path, model, conversation]),
  );
  const texts = new Map(proven.map(({ range, content }) => [range, content]));
  const files = [...groups.values()].flatMap((ranges) => {
    const [first] = ranges;
    if (first === undefined) return [];
    const own = ranges.filter((range) => texts.has(range));
    const content = (own[0] && texts.get(own[0])) ?? new Uint8Array(0);
    const lines = own.map(({ start, end }) => ({ start, end }));
    return buildTrace(claimOf(record, first), [{ path: first.path, content, ranges: lines }], facts)
      .files;
  });
  const [any] = record.ranges;
  const base = { path: "", start: 1, end: 1, hash: undefined, model: undefined };
  const claim = claimOf(record, any ?? { ...base, conversation: undefined });
  return { ...buildTrace(claim, [], facts), files };
}

/** Claims of proven lines that the commit itself added; undefined where there are none, or where a ledger is known. */
async function ledgerOf(
  project: Project,
  history: History,
  facts: { objects: Objects; commit: Commit; proven: readonly Proven[]; now: Date },
): Promise<Ledger | undefined> {
  const { objects, commit, proven, now } = facts;
  if (history.ledgers([commit.sha]).has(commit.sha)) return undefined;
  const view = await readCommitView(project.git, commit);
  const byPath = Map.groupBy(proven, ({ range }) => range.path);
  const chosen = view.changes.filter((change) => byPath.has(change.path));
  const addedOf = await addedLinesOf(project.git, view, chosen);
  const contents = openContents(objects);
  const files: [string, LedgerFile][] = [];
  let provable = provableLines;
  for (const change of chosen) {
    if (!isCommitted(view, change)) continue;
    const file = await readCommittedFile(change, contents, addedOf);
    if (file === undefined) continue;
    const claims = new Map<number, PendingClaim>();
    for (const { record, range } of byPath.get(change.path) ?? []) {
      const claim = claimOf(record, range);
      for (let line = range.start; line <= range.end; line++) claims.set(line, claim);
    }
    const added = withinRanges(claims, file.added);
    const withEvidence = added.size <= provable;
    if (withEvidence) provable -= added.size;
    const segments = toSegments(added, file.content, { withEvidence });
    if (segments.length > 0) files.push([change.path, { line_attributions: segments }]);
  }
  if (files.length === 0) return undefined;
  const ids = files.flatMap(([, { line_attributions }]) =>
    line_attributions.flatMap(({ trace_id }) => trace_id ?? []),
  );
  return {
    version: "2.0",
    commit_sha: commit.sha,
    parent_sha: commit.parents[0] ?? null,
    committed_at: formatRecordTime(commit.committedAt),
    created_at: formatRecordTime(now),
    trace_ids: [...new Set(ids)].sort(),
    files: Object.fromEntries(files.sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}
