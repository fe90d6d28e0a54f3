import { AppError } from "../errors.ts";
import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import { type Git, readGit, readGitText, runGit } from "./run-git.ts";
import { unquotePath } from "./unquote-path.ts";

/** Commits as people name them: `to` and what it has that `from` has not. */
export interface CommitRange {
  /** Undefined: from the first commit on. */
  readonly from: CommitSha | undefined;
  readonly to: CommitSha;
  /** One commit was named: it alone is meant, whatever its parents are. */
  readonly single: boolean;
}

/** A file of a commit and how many lines the commit added to it. */
export interface AddedLines {
  readonly path: string;
  /** Undefined of a file whose lines git does not count: a binary one, or one with the attribute `-diff`. */
  readonly added: number | undefined;
}

export interface HistoryCommit {
  readonly sha: CommitSha;
  readonly parents: readonly string[];
  readonly committedAt: Date;
  /** As `.mailmap` has it. */
  readonly author: { readonly name: string; readonly email: string };
  readonly subject: string;
  /** `Key: value` as git finds them at the message's end. */
  readonly trailers: readonly string[];
  readonly files: readonly AddedLines[];
}

/** `A..B`, `A...B` (from where both parted), or one commit. Fails with `not_found` for what the repository has not. */
export async function parseRange(git: Git, text: string): Promise<CommitRange> {
  const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/s.exec(text) ?? [];
  if (dots === undefined) {
    return { from: undefined, to: await resolveCommit(git, text), single: true };
  }
  return {
    from: await resolveCommit(git, from === "" || from === undefined ? "HEAD" : from),
    to: await resolveCommit(git, to === "" || to === undefined ? "HEAD" : to),
    single: false,
  };
}

/** The commit of a revision, such as `HEAD~3` or `v1.0`. */
export async function resolveCommit(git: Git, revision: string): Promise<CommitSha> {
  const name = `${revision}^{commit}`;
  const { exitCode, stdout } = await runGit(git, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    name,
  ]);
  const sha = new TextDecoder().decode(stdout).trim();
  if (exitCode === 0 && isCommitSha(sha)) return sha;
  throw new AppError("not_found", `there is no commit \`${revision}\` here`, {
    hint: "name a commit of this repository, as `git log` shows them",
  });
}

/** A header begins with a byte that no count of lines begins with; the names come last, as they may hold anything. */
const format =
  "--format=tformat:%x01%H%x1f%P%x1f%ct%x1f%aE%x1f%aN%x1f%(trailers:only,unfold,separator=%x1e)%x1f%s";

const diffOptions = ["--no-textconv", "--no-ext-diff", "--diff-algorithm=default", "-M"];

export interface HistoryOptions {
  readonly since?: Date | undefined;
  /** Commits of this repository that are left out with all before them. */
  readonly known?: readonly string[];
  /** At most so many that are no merges, and so many that are. */
  readonly newest?: number;
  readonly signal?: AbortSignal;
}

/**
 * The commits of a range with the lines that each added, the newest first. Of a merge those count that no parent has.
 * Git counts: what it costs follows the range.
 */
export async function readHistory(
  git: Git,
  { from, to, single }: CommitRange,
  options: HistoryOptions = {},
): Promise<HistoryCommit[]> {
  const { since, signal, known = [], newest } = options;
  const commits = [
    ...(single ? ["--no-walk"] : []),
    ...(newest === undefined ? [] : [`--max-count=${newest}`]),
    ...(since === undefined ? [] : [`--since=${since.toISOString()}`]),
    to,
    ...(from === undefined ? [] : [`^${from}`]),
    ...known.map((sha) => `^${sha}`),
    "--",
  ];
  const run = signal === undefined ? {} : { signal };
  const [plain, merges] = await Promise.all([
    readGitText(
      git,
      ["log", "--no-merges", "--numstat", "-z", ...diffOptions, format, ...commits],
      run,
    ),
    readGit(git, ["log", "--merges", "-c", "-p", "-U0", ...diffOptions, format, ...commits], run),
  ]);
  return [...parseCounts(plain), ...parseCombined(merges)].sort(
    (one, other) =>
      other.committedAt.getTime() - one.committedAt.getTime() || (one.sha < other.sha ? -1 : 1),
  );
}

type Header = Omit<HistoryCommit, "files"> & { files: AddedLines[] };

function parseHeader(text: string): Header | undefined {
  const [sha = "", parents = "", seconds = "", email = "", name = "", trailers = "", ...subject] =
    text.slice(1).split("\u001f");
  if (!isCommitSha(sha)) return undefined;
  return {
    sha,
    parents: parents === "" ? [] : parents.split(" "),
    committedAt: new Date(Number(seconds) * 1000),
    author: { name, email },
    subject: subject.join("\u001f"),
    trailers: trailers === "" ? [] : trailers.split("\u001e"),
    files: [],
  };
}

/** Parses `git log --numstat -z`: a renamed file has its two paths in fields of their own. */
export function parseCounts(output: string): HistoryCommit[] {
  const commits: Header[] = [];
  const fields = output.split("\0");
  for (let at = 0; at < fields.length; at++) {
    const field = (fields[at] ?? "").replace(/^\n/, "");
    if (field.startsWith("\u0001")) {
      const header = parseHeader(field);
      if (header !== undefined) commits.push(header);
      continue;
    }
    const [, added, path] = /^(\d+|-)\t(?:\d+|-)\t([^]*)$/.exec(field) ?? [];
    if (added === undefined) continue;
    commits.at(-1)?.files.push({
      path: path === "" ? (fields[(at += 2)] ?? "") : (path ?? ""),
      added: added === "-" ? undefined : Number(added),
    });
  }
  return commits;
}

/**
 * Parses `git log -c -p -U0`: a line that no parent has stands behind a `+` for each parent. Text always stands behind
 * such marks, so that no line of a file can pass for a header.
 */
export function parseCombined(patch: Uint8Array): HistoryCommit[] {
  const commits: Header[] = [];
  const text = Buffer.from(patch).toString("latin1");
  const decode = (line: string): string => Buffer.from(line, "latin1").toString("utf8");
  let path: string | undefined;
  let isText = false;
  let added = 0;
  const endFile = (): void => {
    if (path !== undefined && added > 0) commits.at(-1)?.files.push({ path, added });
    path = undefined;
    isText = false;
    added = 0;
  };
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    if (line.startsWith("\u0001")) {
      endFile();
      const header = parseHeader(decode(line));
      if (header !== undefined) commits.push(header);
    } else if (line.startsWith("diff --")) {
      endFile();
      path = unquotePath(decode(line.replace(/^diff --(?:combined|cc) /, "")));
    } else if (line.startsWith("@@@")) isText = true;
    else if (isText) {
      const parents = commits.at(-1)?.parents.length ?? 2;
      if (line.startsWith("+".repeat(parents))) added++;
    }
  }
  endFile();
  return commits;
}
