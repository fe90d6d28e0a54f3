import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Claims,
  claimsOf,
  commonRanges,
  toSegments,
  withinRanges,
} from "../attribution/claim-lines.ts";
import { decodeText, isBinary } from "../attribution/lines.ts";
import type { LineRange } from "../attribution/pending-file.ts";
import { AppError } from "../errors.ts";
import { type Objects, openObjects } from "../git/open-objects.ts";
import { type Change, blobPair, readAddedLines, readChanges } from "../git/read-changes.ts";
import { type Commit, readCommit } from "../git/read-commit.ts";
import type { CommitLink } from "../schema/commit-link.ts";
import type { Ledger, LedgerFile } from "../schema/ledger.ts";
import type { PendingFile } from "../schema/pending.ts";
import { formatRecordTime } from "../schema/time.ts";
import { deletePending, listPending, lockPending, pendingPlace } from "../store/pending.ts";
import { appendCommitLink, appendLedger } from "../store/records.ts";
import type { Project } from "./find-project.ts";

/** What a commit was found to hold; no ledger where no line is an agent's, no link where no trace is in it. */
export interface LinkedCommit {
  readonly commit: Commit;
  readonly ledger: Ledger | undefined;
  readonly link: CommitLink | undefined;
}

/** One file of a commit with the lines that the commit added to it. */
export interface CommittedFile {
  readonly path: string;
  readonly oldPath: string;
  readonly content: Uint8Array;
  readonly added: readonly LineRange[];
}

/**
 * Decides for each line that a commit added whether an agent wrote it, and keeps the answer: the ledger before the
 * commit link, both before the pending files are let go, so that a kill anywhere leaves work to do again and no
 * claim lost. Linking a commit twice gives the same answer twice; the second one counts.
 */
export async function linkCommit(
  project: Project,
  revision: string,
  now: Date,
): Promise<LinkedCommit> {
  await using objects = openObjects(project.git);
  const commit = await readCommit(objects, revision);
  if (commit === undefined) {
    throw new AppError("not_found", `there is no commit \`${revision}\` here`, {
      hint: "name a commit of this repository, or make the first one",
    });
  }
  const files = await readCommittedFiles(project, commit, objects);
  const place = pendingPlace(project.paths, project.git.repository.workTree);
  using _lock = lockPending(place);
  const pending = new Map(listPending(place).map((file) => [file.path, file]));
  const found = new Map<string, Claims>();
  const traceIds = new Set<string>();
  for (const file of files) {
    const claims = claimByPosition(file, pending);
    if (claims.size > 0) found.set(file.path, claims);
    for (const path of [file.path, file.oldPath]) {
      for (const { traceId } of pending.get(path)?.claims ?? []) traceIds.add(traceId);
    }
  }
  const ledger = buildLedger(commit, files, { found, now });
  for (const id of ledger?.trace_ids ?? []) traceIds.add(id);
  const link: CommitLink | undefined =
    traceIds.size === 0
      ? undefined
      : {
          commit_sha: commit.sha,
          parent_sha: commit.parents[0] ?? null,
          trace_ids: [...traceIds].sort(),
          files_changed: files.map(({ path }) => path).sort(),
          committed_at: formatRecordTime(commit.committedAt),
          created_at: formatRecordTime(now),
        };
  if (ledger !== undefined) appendLedger(project.paths, ledger);
  if (link !== undefined) appendCommitLink(project.paths, link);
  for (const file of files) {
    for (const path of new Set([file.path, file.oldPath])) {
      const held = pending.get(path);
      if (held !== undefined && isTaken(project, held, file)) deletePending(place, path);
    }
  }
  return { commit, ledger, link };
}

/** The regular text files of a commit, each with the lines that none of the parents has. */
async function readCommittedFiles(
  { git }: Project,
  commit: Commit,
  objects: Objects,
): Promise<CommittedFile[]> {
  const parents: readonly (string | undefined)[] =
    commit.parents.length === 0 ? [undefined] : commit.parents;
  const views = await Promise.all(
    parents.map(async (from) => {
      const pair = { from, to: commit.sha };
      const [changes, added] = await Promise.all([
        readChanges(git, pair),
        readAddedLines(git, pair),
      ]);
      return { changes: new Map(changes.map((change) => [change.path, change])), added };
    }),
  );
  const files: CommittedFile[] = [];
  for (const change of views[0]?.changes.values() ?? []) {
    if (change.newBlob === undefined || !change.mode.startsWith("100")) continue;
    const lists = views.map(({ changes, added }) => addedLines(changes.get(change.path), added));
    const blob = await objects.read(change.newBlob);
    if (blob === undefined || isBinary(blob.content)) continue;
    const { path, oldPath } = change;
    files.push({ path, oldPath, content: blob.content, added: commonRanges(lists) });
  }
  return files;
}

function addedLines(
  change: Change | undefined,
  added: ReadonlyMap<string, LineRange[]>,
): readonly LineRange[] {
  return change === undefined ? [] : (added.get(blobPair(change)) ?? []);
}

/** By following the pending file to what was committed; a renamed file may have one under either name. */
function claimByPosition(file: CommittedFile, pending: ReadonlyMap<string, PendingFile>): Claims {
  const own = pending.get(file.path);
  const former = file.oldPath === file.path ? undefined : pending.get(file.oldPath);
  const claims = new Map([
    ...(former === undefined ? [] : claimsOf(former, file.content)),
    ...(own === undefined ? [] : claimsOf(own, file.content)),
  ]);
  return withinRanges(claims, file.added);
}

function buildLedger(
  commit: Commit,
  files: readonly CommittedFile[],
  { found, now }: { found: ReadonlyMap<string, Claims>; now: Date },
): Ledger | undefined {
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
  };
}

/** Whether nothing of a pending file is left to commit: the commit has its text, or the work tree has the commit's. */
function isTaken({ git }: Project, pending: PendingFile, file: CommittedFile): boolean {
  const committed = decodeText(file.content);
  if (pending.text === committed) return true;
  try {
    const content = readFileSync(join(git.repository.workTree, file.path));
    return decodeText(content) === committed;
  } catch {
    return true;
  }
}
