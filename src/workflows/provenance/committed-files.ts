import { commonRanges } from "../../attribution/claim-lines.ts";
import { isBinary } from "../../attribution/lines.ts";
import type { LineRange } from "../../attribution/pending-file.ts";
import type { Objects } from "../../git/open-objects.ts";
import { type Change, blobPair, readAddedLines, readChanges } from "../../git/read-changes.ts";
import type { Commit } from "../../git/read-commit.ts";
import type { Git } from "../../git/run-git.ts";

/** One file of a commit with the lines that the commit added to it. */
export interface CommittedFile {
  readonly path: string;
  /** Its path in the first parent. */
  readonly oldPath: string;
  readonly content: Uint8Array;
  readonly oldBlob: string | undefined;
  readonly added: readonly LineRange[];
}

export interface CommittedFiles {
  readonly files: readonly CommittedFile[];
  /** Every path that differs from the first parent, deleted ones among them. */
  readonly changes: readonly Change[];
}

/** The regular text files of a commit, each with the lines that none of the parents has. */
export async function readCommittedFiles(
  git: Git,
  commit: Commit,
  objects: Objects,
): Promise<CommittedFiles> {
  const parents: readonly (string | undefined)[] =
    commit.parents.length === 0 ? [undefined] : commit.parents;
  const views = await Promise.all(
    parents.map(async (from) => {
      const pair = { from, to: commit.sha };
      const [changes, added] = await Promise.all([
        readChanges(git, pair),
        readAddedLines(git, pair),
      ]);
      return { changes, byPath: new Map(changes.map((change) => [change.path, change])), added };
    }),
  );
  const changes = views[0]?.changes ?? [];
  const files: CommittedFile[] = [];
  for (const change of changes) {
    const { path, oldPath, oldBlob, newBlob } = change;
    if (newBlob === undefined || !change.mode.startsWith("100")) continue;
    const lists = views.map(({ byPath, added }) => addedLines(byPath.get(path), added));
    const blob = await objects.read(newBlob);
    if (blob === undefined || isBinary(blob.content)) continue;
    files.push({ path, oldPath, oldBlob, content: blob.content, added: commonRanges(lists) });
  }
  return { files, changes };
}

function addedLines(
  change: Change | undefined,
  added: ReadonlyMap<string, LineRange[]>,
): readonly LineRange[] {
  return change === undefined ? [] : (added.get(blobPair(change)) ?? []);
}
