import { join } from "node:path";
import { afterCommit } from "../../attribution/left-texts.ts";
import { decodeText } from "../../attribution/lines.ts";
import { AppError } from "../../errors.ts";
import { readRegularFile } from "../../foreign-file.ts";
import { openObjects } from "../../git/open-objects.ts";
import type { Change } from "../../git/read-changes.ts";
import { type Commit, readCommit } from "../../git/read-commit.ts";
import { type CommitSources, readSources } from "../../git/read-sources.ts";
import type { CommitLink } from "../../schema/commit-link.ts";
import type { CommitSha } from "../../schema/ids.ts";
import type { Ledger, LedgerFile } from "../../schema/ledger.ts";
import { formatRecordTime } from "../../schema/time.ts";
import { openHistory } from "../../store/open-history.ts";
import {
  type PendingPlace,
  deletePending,
  knownPending,
  lockPending,
  readPending,
  writePending,
} from "../../store/pending.ts";
import { appendCommitLink, appendLedger } from "../../store/records.ts";
import { gatherClaims } from "./gather-claims.ts";
import { type CommitView, readCommitView } from "./committed-files.ts";
import { type Contents, openContents } from "./contents.ts";
import type { Project } from "../projects/find-project.ts";
import { type PendingFiles, noPendingFiles, openPendingFiles } from "./pending-files.ts";
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
  const view = await readCommitView(project.git, commit);
  const { changes } = view;
  const told = readSources(project.git.repository, commit);
  const origin = { ...told, commits: [...new Set([...told.commits, ...replaces])] };
  const place = placeOf(project.paths, project.git.repository);
  const pending = elsewhere
    ? noPendingFiles
    : openPendingFiles(place, project.git.repository.workTree, changes);
  const world = { git: project.git, history, objects, contents: openContents(objects), origin };
  const { files, names, usedFallback } = await gatherClaims({
    ...world,
    commit,
    view,
    pending,
  });
  const ledger = buildLedger(commit, files, { now, origin, usedFallback });
  const before = history.commitLink(commit.sha);
  const traceIds = [
    ledger?.trace_ids ?? [],
    isPast ? [] : takenIn(changes, pending),
    before?.trace_ids ?? [],
  ];
  const link = buildLink(commit, changes, { traceIds: new Set(traceIds.flat()), now });
  if (dryRun) return { commit, ledger, link };
  const known = history.ledgers([commit.sha]).get(commit.sha);
  const isKnown = ledger !== undefined && isSame(known, ledger);
  if (ledger !== undefined && !isKnown) appendLedger(project.paths, ledger);
  if (link !== undefined && link.trace_ids.length !== before?.trace_ids.length) {
    appendCommitLink(project.paths, link);
  }
  if (!elsewhere) await letGo(project, place, { names, view, contents: world.contents });
  return { commit, ledger: isKnown ? known : ledger, link };
}

/** Traces of edits that no commit has taken yet, of the files that this one changed. */
function takenIn(changes: readonly Change[], pending: PendingFiles): string[] {
  return changes
    .flatMap(({ path, oldPath }) => (path === oldPath ? [path] : [path, oldPath]))
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
async function letGo(
  { git }: Project,
  place: PendingPlace,
  taken: { names: ReadonlySet<string>; view: CommitView; contents: Contents },
): Promise<void> {
  const isHeld = knownPending(place);
  if (isHeld === undefined) return;
  const blobs = new Map(taken.view.changes.map(({ path, newBlob }) => [path, newBlob]));
  for (const name of taken.names) {
    if (!isHeld(name)) continue;
    const blob = blobs.get(name);
    const content = blob === undefined ? undefined : await taken.contents.read(blob);
    const text = content === undefined ? undefined : decodeText(content);
    using _lock = lockPending(place);
    const held = readPending(place, name);
    if (held === undefined) continue;
    const onDisk = readText(join(git.repository.workTree, name));
    if (onDisk !== text && held.text !== text) continue;
    const rest = afterCommit(held, text, onDisk);
    if (rest === undefined) deletePending(place, name);
    else writePending(place, rest);
  }
}

function readText(file: string): string | undefined {
  try {
    const content = readRegularFile(file);
    return content === undefined ? undefined : decodeText(content);
  } catch {
    return undefined;
  }
}

function buildLedger(
  commit: Commit,
  files: ReadonlyMap<string, LedgerFile>,
  facts: { now: Date; origin: CommitSources; usedFallback: boolean },
): Ledger | undefined {
  const { now, origin, usedFallback } = facts;
  const entries = [...files];
  const traceIds = new Set(
    entries.flatMap(([, file]) => file.line_attributions.flatMap(({ trace_id }) => trace_id ?? [])),
  );
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
