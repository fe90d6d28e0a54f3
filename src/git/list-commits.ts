import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import { type Git, readGit } from "./run-git.ts";

/** A commit with the files that it changed, as cheaply as git tells them: no contents, no renames. */
export interface ListedCommit {
  readonly sha: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly committedAt: Date;
  readonly committer: string;
  /** Every path that differs from the parent; of a merge those that differ from all of its parents. */
  readonly paths: readonly string[];
  /** Whether it brought a file under a path that its parent does not have. */
  readonly addsFiles: boolean;
}

export interface CommitRange {
  readonly from: string;
  /** Commits that are known, and all before them: ids that this repository no longer has are passed over. */
  readonly known: readonly string[];
  /** Commits made before are left out. */
  readonly since?: Date | undefined;
  /** At most so many, the newest. */
  readonly newest?: number | undefined;
}

/** The commits of a range, each after its parents, first parents and merged branches alike. One process. */
export async function listCommits(git: Git, range: CommitRange): Promise<ListedCommit[]> {
  const output = await readGit(git, [
    "log",
    "--topo-order",
    "--reverse",
    "--raw",
    "-r",
    "-c",
    "-z",
    "--no-renames",
    "--no-abbrev",
    "--no-show-signature",
    "--no-notes",
    "--ignore-missing",
    "--format=%x01%H %ct %ce%x00%P",
    ...(range.since === undefined ? [] : [`--since=${range.since.toISOString()}`]),
    ...(range.newest === undefined ? [] : [`--max-count=${range.newest}`]),
    range.from,
    ...range.known.map((sha) => `^${sha}`),
    "--",
  ]);
  return parseLog(new TextDecoder().decode(output));
}

/** Ids of the commits of a range that no remote-tracking branch has. */
export async function listLocalCommits(git: Git, range: CommitRange): Promise<Set<string>> {
  const output = await readGit(git, [
    "rev-list",
    "--ignore-missing",
    range.from,
    ...range.known.map((sha) => `^${sha}`),
    "--not",
    "--remotes",
    "--",
  ]);
  return new Set(new TextDecoder().decode(output).split("\n").filter(Boolean));
}

/** Fields end with a NUL; a path is read only behind the line that announces it, so no name passes for a commit. */
function parseLog(text: string): ListedCommit[] {
  const commits: ListedCommit[] = [];
  const fields = text.split("\0");
  let paths: string[] = [];
  let current: { addsFiles: boolean } | undefined;
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at]?.replace(/^\n/, "") ?? "";
    if (field.startsWith("\u0001")) {
      const [sha = "", seconds = "", ...committer] = field.slice(1).split(" ");
      const parents = (fields[++at] ?? "").split(" ").filter((parent) => isCommitSha(parent));
      if (!isCommitSha(sha)) continue;
      paths = [];
      const commit = {
        sha,
        parents: parents as CommitSha[],
        committedAt: new Date(Number(seconds) * 1000),
        committer: committer.join(" "),
        paths,
        addsFiles: false,
      };
      current = commit;
      commits.push(commit);
    } else if (field.startsWith(":") && current !== undefined) {
      current.addsFiles ||= field.endsWith(" A");
      paths.push(fields[++at] ?? "");
    }
  }
  return commits;
}
