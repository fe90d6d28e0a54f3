import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import type { Objects } from "./open-objects.ts";

export interface Commit {
  readonly sha: CommitSha;
  readonly tree: string;
  readonly parents: readonly CommitSha[];
  readonly committedAt: Date;
  /** Seconds since 1970, as the commit says: kept where a commit is made again. */
  readonly authoredAt: number;
  readonly authorEmail: string;
  /** E-mail address. */
  readonly committer: string;
  readonly message: string;
}

/** A commit by id or revision; undefined where the repository has none of that name. */
export async function readCommit(objects: Objects, revision: string): Promise<Commit | undefined> {
  const object = await objects.read(isCommitSha(revision) ? revision : `${revision}^{commit}`);
  if (object === undefined || object.type !== "commit" || !isCommitSha(object.id)) return undefined;
  const text = new TextDecoder().decode(object.content);
  const end = text.indexOf("\n\n");
  const parents: CommitSha[] = [];
  let tree = "";
  let committedAt = new Date(0);
  let authoredAt = 0;
  let authorEmail = "";
  let committer = "";
  for (const line of text.slice(0, end < 0 ? text.length : end).split("\n")) {
    const [key = "", value = ""] = splitOnce(line);
    if (key === "tree") tree = value;
    else if (key === "parent" && isCommitSha(value)) parents.push(value);
    else if (key === "author") {
      authoredAt = Number(/ (-?\d+) [+-]\d+$/.exec(value)?.[1] ?? 0);
      authorEmail = /<([^>]*)>/.exec(value)?.[1] ?? "";
    } else if (key === "committer") {
      committer = /<([^>]*)>/.exec(value)?.[1] ?? "";
      committedAt = new Date(Number(/ (-?\d+) [+-]\d+$/.exec(value)?.[1] ?? 0) * 1000);
    }
  }
  return {
    sha: object.id,
    tree,
    parents,
    committedAt,
    authoredAt,
    authorEmail,
    committer,
    message: end < 0 ? "" : text.slice(end + 2),
  };
}

function splitOnce(line: string): [string, string] {
  const blank = line.indexOf(" ");
  return blank < 0 ? [line, ""] : [line.slice(0, blank), line.slice(blank + 1)];
}
