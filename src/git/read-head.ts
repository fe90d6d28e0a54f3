import { join } from "node:path";
import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import { readRefFile, readSmall } from "./read-ref.ts";
import { type Git, runGit } from "./run-git.ts";

/**
 * The commit that HEAD stands at, undefined before the first one. Read from git's files; git is asked only where
 * they do not hold it (the reftable format, a chain of names that ends nowhere).
 */
export async function readHead(git: Git): Promise<CommitSha | undefined> {
  const found = readHeadFile(git);
  if (found !== undefined) return found === "unborn" ? undefined : found;
  const { exitCode, stdout } = await runGit(git, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  const sha = new TextDecoder().decode(stdout).trim();
  return exitCode === 0 && isCommitSha(sha) ? sha : undefined;
}

function readHeadFile({ repository }: Git): CommitSha | "unborn" | undefined {
  const { gitDir, commonDir } = repository;
  let text = readSmall(join(gitDir, "HEAD"));
  for (let steps = 0; steps < 5 && text !== undefined; steps++) {
    if (isCommitSha(text)) return text;
    const name = text.startsWith("ref: ") ? text.slice(5).trim() : "";
    // The reftable format leaves this name in HEAD for programs that read files.
    if (!/^refs\/[^\0]+$/.test(name) || name.includes("..") || name === "refs/heads/.invalid") {
      return undefined;
    }
    const own = /^refs\/(?:worktree|bisect|rewritten)\//.test(name);
    text = readSmall(join(own ? gitDir : commonDir, name));
    if (text === undefined) return readRefFile(repository, name);
  }
  return undefined;
}
