import { isCommitSha } from "../schema/ids.ts";
import { type Git, readGitText } from "./run-git.ts";

export interface ListedNote {
  readonly path: string;
  readonly blob: string;
}

/** All notes of one state of a notes ref, by the commit that each is about. What is no note is left out. */
export async function listNotes(git: Git, tip: string): Promise<Map<string, ListedNote>> {
  const output = await readGitText(git, ["ls-tree", "-r", "-z", "--full-tree", tip]);
  const notes = new Map<string, ListedNote>();
  for (const entry of output.split("\0")) {
    const [, blob = "", path = ""] = /^100644 blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
    const commit = path.replaceAll("/", "");
    if (isCommitSha(commit) && !notes.has(commit)) notes.set(commit, { path, blob });
  }
  return notes;
}

/** When each note was last changed in the history between two states, in seconds since 1970. */
export async function readNoteTimes(
  git: Git,
  { from, to }: { readonly from: string | undefined; readonly to: string },
): Promise<Map<string, number>> {
  const range = from === undefined ? [to] : [to, `^${from}`];
  const format = ["--no-renames", "--name-only", "-z", "--format=%x01%ct"];
  const output = await readGitText(git, [
    "-c",
    "log.showRoot=true",
    "log",
    ...format,
    ...range,
    "--",
  ]);
  const times = new Map<string, number>();
  let time = 0;
  for (const field of output.split("\0")) {
    const text = field.replace(/^\n/, "");
    if (text.startsWith("\u0001")) time = Number(text.slice(1).trim());
    const commit = text.replaceAll("/", "");
    if (isCommitSha(commit)) times.set(commit, Math.max(time, times.get(commit) ?? 0));
  }
  return times;
}
