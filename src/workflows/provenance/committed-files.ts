import { type CommittedFile } from "../../attribution/claim-file.ts";
import { commonRanges } from "../../attribution/claim-lines.ts";
import { isBinary, lineStarts } from "../../attribution/lines.ts";
import type { LineRange } from "../../attribution/pending-file.ts";
import { type Change, blobPair, readAddedLines, readChanges } from "../../git/read-changes.ts";
import type { Commit } from "../../git/read-commit.ts";
import type { Git } from "../../git/run-git.ts";
import type { Contents } from "./contents.ts";

/** What a commit changed, against each of its parents. */
export interface CommitView {
  readonly commit: Commit;
  /** Every path that differs from the first parent, deleted ones among them. */
  readonly changes: readonly Change[];
  readonly views: readonly {
    readonly from: string | undefined;
    readonly byPath: ReadonlyMap<string, Change>;
  }[];
}

export async function readCommitView(git: Git, commit: Commit): Promise<CommitView> {
  const parents: readonly (string | undefined)[] =
    commit.parents.length === 0 ? [undefined] : commit.parents;
  const lists = await Promise.all(
    parents.map((from) => readChanges(git, { from, to: commit.sha })),
  );
  return {
    commit,
    changes: lists[0] ?? [],
    views: lists.map((changes, at) => ({
      from: parents[at],
      byPath: new Map(changes.map((change) => [change.path, change])),
    })),
  };
}

/** Whether the commit has a regular file there that none of the parents has as it is. */
export function isCommitted(
  { views }: CommitView,
  change: Change,
): change is Change & { newBlob: string } {
  const { path, newBlob, mode } = change;
  return (
    newBlob !== undefined && mode.startsWith("100") && views.every(({ byPath }) => byPath.has(path))
  );
}

/** Reads the lines that none of the parents has, of some of the files that a commit changed. */
export async function addedLinesOf(
  git: Git,
  { commit, views }: CommitView,
  chosen: readonly Change[],
): Promise<(change: Change & { newBlob: string }, content: Uint8Array) => readonly LineRange[]> {
  const perParent = await Promise.all(
    views.map(async ({ from, byPath }) => {
      const own = chosen.flatMap(({ path }) => byPath.get(path) ?? []);
      const differing = own.filter(
        ({ oldBlob, newBlob }) => oldBlob !== undefined && oldBlob !== newBlob,
      );
      if (differing.length === 0) return { byPath, added: new Map<string, LineRange[]>() };
      // Which file was which one before is decided among all of them.
      const isRenamed = differing.some(({ path, oldPath }) => path !== oldPath);
      const paths = isRenamed ? [] : differing.map(({ path }) => path);
      return { byPath, added: await readAddedLines(git, { from, to: commit.sha }, paths) };
    }),
  );
  return ({ path }, content) =>
    commonRanges(
      perParent.map(({ byPath, added }) => {
        const change = byPath.get(path);
        if (change === undefined || change.oldBlob === change.newBlob) return [];
        if (change.oldBlob === undefined) return [{ start: 1, end: lineStarts(content).length }];
        return added.get(blobPair(change)) ?? [];
      }),
    );
}

/** A file as the commit has it; undefined where it is no text, or its bytes are not here. */
export async function readCommittedFile(
  change: Change & { newBlob: string },
  contents: Contents,
  addedOf: (change: Change & { newBlob: string }, content: Uint8Array) => readonly LineRange[],
): Promise<CommittedFile | undefined> {
  const content = await contents.read(change.newBlob);
  if (content === undefined || isBinary(content)) return undefined;
  const { path, oldPath, oldBlob, newBlob } = change;
  const added = addedOf(change, content).filter(({ start, end }) => start <= end);
  return { path, oldPath, oldBlob, newBlob, content, added };
}
