import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Claims, toSegments } from "../../attribution/claim-lines.ts";
import { nobody } from "../../attribution/follow.ts";
import { decodeText } from "../../attribution/lines.ts";
import { AppError } from "../../errors.ts";
import { openObjects } from "../../git/open-objects.ts";
import type { Change } from "../../git/read-changes.ts";
import { type Commit, readCommit } from "../../git/read-commit.ts";
import { type CommitSources, readSources } from "../../git/read-sources.ts";
import type { CommitLink } from "../../schema/commit-link.ts";
import type { CommitSha } from "../../schema/ids.ts";
import type { Ledger, LedgerFile } from "../../schema/ledger.ts";
import type { PendingFile } from "../../schema/pending.ts";
import { formatRecordTime } from "../../schema/time.ts";
import { openHistory } from "../../store/index/history.ts";
import {
  type PendingPlace,
  deletePending,
  listPending,
  lockPending,
  readPending,
} from "../../store/pending.ts";
import { appendCommitLink, appendLedger } from "../../store/records.ts";
import { claimFile } from "./claim-commit.ts";
import { type CommittedFile, readCommittedFiles } from "./committed-files.ts";
import type { Project } from "../projects/find-project.ts";
import { placeOf } from "./work-tree-place.ts";

/** What a commit was found to hold; no ledger where no line is an agent's, no link where no trace is in it. */
export interface LinkedCommit {
  readonly commit: Commit;
  readonly ledger: Ledger | undefined;
  readonly link: CommitLink | undefined;
}

/** How many lines were found to be an agent's. */
export function linesOf({ ledger }: LinkedCommit): number {
  return Object.values(ledger?.files ?? {})
    .flatMap((file) => file.line_attributions)
    .reduce((sum, { start_line, end_line }) => sum + end_line - start_line + 1, 0);
}

export interface LinkOptions {
  readonly now: Date;
  /** The commit was made on another machine: pending files neither claim its lines nor are let go. */
  readonly elsewhere?: boolean;
  /** Commits of which git says that this one took their place. */
  readonly replaces?: readonly CommitSha[];
  /** Later commits stand on it already: it took in only those traces of which it holds a line. */
  readonly isPast?: boolean;
  /** Nothing is written. */
  readonly dryRun?: boolean;
}

/**
 * Decides for each line that a commit added whether an agent wrote it, and keeps the answer: the ledger before the
 * commit link, both before the pending files are let go, so that a kill anywhere leaves work to do again and no
 * claim lost. Linking a commit twice gives the same answer twice; the second one counts.
 */
export async function linkCommit(
  project: Project,
  revision: string,
  { now, elsewhere = false, replaces = [], isPast = false, dryRun = false }: LinkOptions,
): Promise<LinkedCommit> {
  await using objects = openObjects(project.git);
  const reading = readCommit(objects, revision);
  // Git is at work by now: the index is opened in the meantime. A failure of git's is told where it is awaited.
  reading.catch(() => {});
  using history = openHistory(project.paths);
  const commit = await reading;
  if (commit === undefined) {
    throw new AppError("not_found", `there is no commit \`${revision}\` here`, {
      hint: "name a commit of this repository, or make the first one",
    });
  }
  const { files, changes } = await readCommittedFiles(project.git, commit, objects);
  const told = readSources(project.git.repository, commit);
  const origin = { ...told, commits: [...new Set([...told.commits, ...replaces])] };
  const known = history.ledgers([...origin.commits, commit.sha]);
  // What was found out before is not unlearned: its pending files are gone by now.
  const ledgers = [...origin.commits, commit.sha].flatMap((sha) => known.get(sha) ?? []);
  const { workTree } = project.git.repository;
  const place = placeOf(project.paths, project.git.repository);
  const pending = elsewhere ? new Map<string, PendingFile>() : pendingOf(place, files, changes);
  const found = new Map<string, Claims>();
  const names = new Set(changes.flatMap(({ path, oldPath }) => [path, oldPath]));
  let usedFallback = false;
  for (const file of files) {
    const sources = { workTree, pending, ledgers, objects, history, changes };
    const fileClaims = await claimFile(file, sources);
    if (fileClaims.claims.size > 0) found.set(file.path, fileClaims.claims);
    usedFallback ||= fileClaims.usedFallback;
    if (fileClaims.formerPath !== undefined) names.add(fileClaims.formerPath);
  }
  const ledger = buildLedger(commit, files, { found, now, origin, usedFallback });
  const before = history.commitLink(commit.sha);
  const traceIds = [
    ledger?.trace_ids ?? [],
    isPast ? [] : takenIn(changes, pending),
    before?.trace_ids ?? [],
  ];
  const link = buildLink(commit, changes, { traceIds: new Set(traceIds.flat()), now });
  if (dryRun) return { commit, ledger, link };
  if (ledger !== undefined && !isSame(known.get(commit.sha), ledger)) {
    appendLedger(project.paths, ledger);
  }
  if (link !== undefined && link.trace_ids.length !== before?.trace_ids.length) {
    appendCommitLink(project.paths, link);
  }
  if (!elsewhere) letGo(project, place, { files, names });
  return { commit, ledger, link };
}

/** The pending files that a commit may have taken. All are read only where one may stand under another name now. */
function pendingOf(
  place: PendingPlace,
  files: readonly CommittedFile[],
  changes: readonly Change[],
): Map<string, PendingFile> {
  const paths = new Set(changes.flatMap(({ path, oldPath }) => [path, oldPath]));
  const own = [...paths].map((path) => readPending(place, path));
  const pending = new Map(own.flatMap((held) => (held === undefined ? [] : [[held.path, held]])));
  const isKnown = (path: string): boolean =>
    pending.get(path)?.authors.every(([, claim]) => claim !== nobody) === true;
  const mayHaveMoved = files.some(({ path, oldPath, oldBlob }) =>
    path === oldPath ? oldBlob === undefined && !isKnown(path) : !pending.has(oldPath),
  );
  if (!mayHaveMoved) return pending;
  return new Map(listPending(place).map((held) => [held.path, held]));
}

/** Traces of edits that no commit has taken yet, of the files that this one changed. */
function takenIn(changes: readonly Change[], pending: ReadonlyMap<string, PendingFile>): string[] {
  return changes
    .flatMap(({ path, oldPath }) => [path, oldPath])
    .flatMap((path) => pending.get(path)?.claims ?? [])
    .map(({ traceId }) => traceId);
}

function buildLink(
  commit: Commit,
  changes: readonly Change[],
  { traceIds, now }: { traceIds: ReadonlySet<string>; now: Date },
): CommitLink | undefined {
  if (traceIds.size === 0) return undefined;
  return {
    commit_sha: commit.sha,
    parent_sha: commit.parents[0] ?? null,
    trace_ids: [...traceIds].sort(),
    files_changed: changes.map(({ path }) => path).sort(),
    committed_at: formatRecordTime(commit.committedAt),
    created_at: formatRecordTime(now),
  };
}

/** Whether a ledger says nothing new: only the time at which it was made differs. */
function isSame(before: Ledger | undefined, after: Ledger): boolean {
  return (
    before !== undefined &&
    Bun.deepEquals({ ...before, created_at: "" }, { ...after, created_at: "" })
  );
}

/**
 * Drops the pending files that the commit took: of files that the work tree has as committed, or no longer has. Only
 * here is the lock held, and what an event has written in the meantime is read again: events do not wait for a large
 * commit.
 */
function letGo(
  { git }: Project,
  place: PendingPlace,
  taken: { files: readonly CommittedFile[]; names: ReadonlySet<string> },
): void {
  const contents = new Map(taken.files.map((file) => [file.path, file.content]));
  using _lock = lockPending(place);
  for (const name of taken.names) {
    const held = readPending(place, name);
    if (held === undefined) continue;
    const onDisk = readText(join(git.repository.workTree, name));
    const committed = contents.get(name);
    const text = committed === undefined ? undefined : decodeText(committed);
    if (onDisk === text || held.text === text) deletePending(place, name);
  }
}

function readText(file: string): string | undefined {
  try {
    return decodeText(readFileSync(file));
  } catch {
    return undefined;
  }
}

function buildLedger(
  commit: Commit,
  files: readonly CommittedFile[],
  facts: {
    found: ReadonlyMap<string, Claims>;
    now: Date;
    origin: CommitSources;
    usedFallback: boolean;
  },
): Ledger | undefined {
  const { found, now, origin, usedFallback } = facts;
  const entries: [string, LedgerFile][] = [];
  const traceIds = new Set<string>();
  for (const { path, content } of files) {
    const claims = found.get(path);
    if (claims === undefined) continue;
    for (const { traceId } of claims.values()) traceIds.add(traceId);
    entries.push([path, { line_attributions: toSegments(claims, content) }]);
  }
  if (entries.length === 0) return undefined;
  return {
    version: "2.0",
    commit_sha: commit.sha,
    parent_sha: commit.parents[0] ?? null,
    committed_at: formatRecordTime(commit.committedAt),
    created_at: formatRecordTime(now),
    trace_ids: [...traceIds].sort(),
    files: Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1))),
    ...derivedFrom(commit, origin),
    ...(usedFallback ? { used_fallback: true } : {}),
  };
}

function derivedFrom(
  commit: Commit,
  { kind, commits }: CommitSources,
): Pick<Ledger, "derived_from"> {
  if (kind === "merge") return { derived_from: { kind, parents: [...commit.parents] } };
  const [source_sha] = commits;
  if (source_sha === undefined || (kind !== "cherry-pick" && kind !== "revert")) return {};
  return { derived_from: { kind, source_sha } };
}
