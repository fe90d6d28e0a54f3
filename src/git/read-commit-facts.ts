import { type Git, readGitText } from "./run-git.ts";

export interface CommitFacts {
  readonly author: string;
  /** ISO 8601. */
  readonly time: string;
  readonly subject: string;
}

/** Author, time and subject of commits, by id; one call of git however many they are. */
export async function readCommitFacts(
  git: Git,
  commits: readonly string[],
): Promise<Map<string, CommitFacts>> {
  const facts = new Map<string, CommitFacts>();
  if (commits.length === 0) return facts;
  const output = await readGitText(
    git,
    ["log", "--no-walk=unsorted", "--stdin", "-z", "--format=tformat:%H%x1f%cI%x1f%aN%x1f%s"],
    { input: `${commits.join("\n")}\n` },
  );
  for (const row of output.split("\0")) {
    const [sha, time, author, ...subject] = row.split("\u001f");
    if (sha === undefined || time === undefined || author === undefined) continue;
    facts.set(sha, { author, time, subject: subject.join("\u001f") });
  }
  return facts;
}
