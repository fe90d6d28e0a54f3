import { type Git, readGit, readGitText, runGit } from "./run-git.ts";

export type ChangeStatus = "added" | "deleted" | "modified" | "renamed" | "copied" | "retyped";

/** One file that differs between two trees. */
export interface Change {
  readonly status: ChangeStatus;
  /** Its path in the newer tree; of a deleted file the one that it had. */
  readonly path: string;
  /** Its path in the older tree; differs from `path` when it was renamed. */
  readonly oldPath: string;
  /** Blob ids; undefined where the file is in one tree only. */
  readonly oldBlob: string | undefined;
  readonly newBlob: string | undefined;
  /** Git's mode in the newer tree: `100644`, `100755`, `120000` a symbolic link, `160000` a submodule. */
  readonly mode: string;
}

export interface TreePair {
  /** Commit or tree; undefined compares with nothing, as a first commit does. */
  readonly from: string | undefined;
  readonly to: string;
}

/** Lines, 1-based and inclusive. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

const statuses: Readonly<Record<string, ChangeStatus>> = {
  A: "added",
  D: "deleted",
  M: "modified",
  R: "renamed",
  C: "copied",
  T: "retyped",
};

/** No program of the repository runs, and whatever attributes and configuration call binary is compared. */
const readsText = ["--text", "--diff-algorithm=myers", "--no-ext-diff", "--no-textconv"];
const options = ["--no-commit-id", "-r", "-M", "--full-index", "--no-ext-diff", "--no-textconv"];

function trees({ from, to }: TreePair): string[] {
  return from === undefined ? ["--root", to] : [from, to];
}

/** The files that differ, renames paired. */
export async function readChanges(git: Git, pair: TreePair): Promise<Change[]> {
  return parseRaw(await readGitText(git, ["diff-tree", ...options, "--raw", "-z", ...trees(pair)]));
}

/** What a commit that is being made changes of HEAD, and the lines that it adds for each pair of blobs. */
export async function readStaged(
  git: Git,
  indexFile: string | undefined,
): Promise<{ readonly changes: Change[]; readonly added: ReadonlyMap<string, LineRange[]> }> {
  const run = { indexFile };
  const { exitCode } = await runGit(git, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
  // Before the first commit everything differs from nothing.
  const base =
    exitCode === 0
      ? "HEAD"
      : (await readGitText(git, ["hash-object", "-t", "tree", "--stdin"], { input: "" })).trim();
  const ofIndex = ["diff-index", "--cached", ...options.slice(1)];
  const [raw, patch] = await Promise.all([
    readGitText(git, [...ofIndex, "--raw", "-z", base, "--"], run),
    readGit(git, [...ofIndex, "-p", "-U0", ...readsText, base, "--"], run),
  ]);
  const added = new Map<string, LineRange[]>();
  takeHunks(added, patch);
  return { changes: parseRaw(raw), added };
}

function parseRaw(output: string): Change[] {
  const fields = output.split("\0");
  const changes: Change[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const { change, next } = parseRawChange(fields, at, fields[at] ?? "");
    changes.push(change);
    at = next;
  }
  return changes;
}

/** One entry of `--raw -z`: its facts stand in the field `header`, its one or two paths in those behind it. */
export function parseRawChange(
  fields: readonly string[],
  at: number,
  header: string,
): { change: Change; next: number } {
  const [, mode = "", oldBlob, newBlob, status = ""] = header.split(" ");
  const letter = status.slice(0, 1);
  const oldPath = fields[at + 1] ?? "";
  const isPair = letter === "R" || letter === "C";
  return {
    change: {
      status: statuses[letter] ?? "modified",
      path: isPair ? (fields[at + 2] ?? "") : oldPath,
      oldPath,
      oldBlob: realBlob(oldBlob),
      newBlob: realBlob(newBlob),
      mode,
    },
    next: at + (isPair ? 3 : 2),
  };
}

function realBlob(id: string | undefined): string | undefined {
  return id === undefined || /^0*$/.test(id) ? undefined : id;
}

/** Names a pair of blobs, the key of `readAddedLines`. Equal pairs have equal hunks, whatever their paths are. */
export function blobPair(change: Pick<Change, "oldBlob" | "newBlob">): string {
  return `${change.oldBlob ?? ""}..${change.newBlob ?? ""}`;
}

/**
 * The lines that stand only in the newer text, for each pair of blobs. Files are told apart by their blobs and
 * not by the names in the patch, and hunks are skipped by their length, so that no file name or line of text can
 * pass for a header. Whatever attributes and configuration call binary is compared all the same: what is text is
 * judged by content, by who asks.
 */
export async function readAddedLines(
  git: Git,
  pair: TreePair,
  paths: readonly string[] = [],
): Promise<Map<string, LineRange[]>> {
  const added = new Map<string, LineRange[]>();
  for (let from = 0; from === 0 || from < paths.length; from += pathsAtOnce) {
    const some = paths.slice(from, from + pathsAtOnce);
    const patch = ["-p", "-U0", ...readsText];
    const only = some.length === 0 ? [] : ["--", ...some];
    takeHunks(
      added,
      await readGit(git, ["diff-tree", ...options, ...patch, ...trees(pair), ...only]),
    );
  }
  return added;
}

/** The lines of a file of the work tree that git calls added since a commit. */
export async function readAddedOnDisk(git: Git, from: string, path: string): Promise<LineRange[]> {
  const patch = ["-U0", "--full-index", "--no-renames", ...readsText];
  const hunks = new Map<string, LineRange[]>();
  takeHunks(hunks, await readGit(git, ["diff", ...patch, from, "--", path]));
  return [...hunks.values()].flat();
}

/** Command lines have an end. */
const pathsAtOnce = 500;

function takeHunks(added: Map<string, LineRange[]>, patch: Uint8Array): void {
  let ranges: LineRange[] = [];
  let at = 0;
  const takeLine = (): string => {
    const end = patch.indexOf(10, at);
    const line = Buffer.from(patch.subarray(at, end < 0 ? patch.length : end)).toString("latin1");
    at = end < 0 ? patch.length : end + 1;
    return line;
  };
  while (at < patch.length) {
    const line = takeLine();
    const blobs = /^index ([0-9a-f]+)\.\.([0-9a-f]+)/.exec(line);
    if (blobs !== null) {
      ranges = [];
      const pair = { oldBlob: realBlob(blobs[1]), newBlob: realBlob(blobs[2]) };
      added.set(blobPair(pair), ranges);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    const [removed, start, length] = [hunk[1] ?? 1, hunk[2], hunk[3] ?? 1].map(Number);
    if (start === undefined || length === undefined || removed === undefined) continue;
    if (length > 0) ranges.push({ start, end: start + length - 1 });
    for (let left = removed + length; left > 0; left--) takeLine();
  }
}
