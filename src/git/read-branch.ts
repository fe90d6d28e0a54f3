import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import { type Change, parseRawChange } from "./read-changes.ts";
import { type Git, runGit } from "./run-git.ts";

/** One commit of a branch, and what it changed against one of its parents; a merge comes once for each of them. */
export interface BranchStep {
  readonly commit: CommitSha;
  readonly authoredAt: number;
  readonly authorEmail: string;
  readonly subject: string;
  readonly changes: readonly Change[];
}

/** A branch that is longer is followed through its newest commits. */
const mostCommits = 2_000;

/**
 * The commits that stand on one of these tips and not on one of `without`, parents before children. Tips that the
 * repository does not have are passed over; where objects are missing that git needs, nothing is said.
 */
export async function readBranch(
  git: Git,
  tips: readonly string[],
  without: readonly string[],
): Promise<BranchStep[]> {
  if (tips.length === 0) return [];
  const { exitCode, stdout } = await runGit(
    git,
    [
      "log",
      "--stdin",
      "--ignore-missing",
      "--topo-order",
      "--reverse",
      `--max-count=${mostCommits}`,
      "--format=tformat:%x01%H%x1f%at%x1f%ae%x1f%s",
      "--raw",
      "-r",
      "-m",
      "-M",
      "--root",
      "--no-abbrev",
      "--no-ext-diff",
      "--no-textconv",
      "-z",
    ],
    { input: [...tips, ...without.map((sha) => `^${sha}`), ""].join("\n") },
  );
  return exitCode === 0 ? parseBranch(new TextDecoder().decode(stdout)) : [];
}

/** Parses `git log --raw -z` with our header before each commit. */
export function parseBranch(output: string): BranchStep[] {
  const steps: (BranchStep & { changes: Change[] })[] = [];
  const fields = output.split("\0");
  for (let at = 0; at < fields.length;) {
    const field = (fields[at] ?? "").replace(/^\n+/, "");
    if (field.startsWith("\u0001")) {
      const [sha = "", time = "", authorEmail = "", ...subject] = field.slice(1).split("\u001f");
      at++;
      if (!isCommitSha(sha)) continue;
      const authoredAt = Number(time);
      steps.push({ commit: sha, authoredAt, authorEmail, subject: subject.join(" "), changes: [] });
    } else if (field.startsWith(":")) {
      const { change, next } = parseRawChange(fields, at, field);
      at = next;
      steps.at(-1)?.changes.push(change);
    } else at++;
  }
  return steps;
}
