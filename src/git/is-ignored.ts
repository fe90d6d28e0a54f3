import { type Git, runGit } from "./run-git.ts";

/** Whether git passes a file over, by a `.gitignore` or an exclude file. The path is relative to the work tree's root. */
export async function isIgnored(git: Git, path: string): Promise<boolean> {
  // This command alone refuses to run where paths are taken literally.
  const args = ["--no-literal-pathspecs", "check-ignore", "--quiet", "--", `./${path}`];
  return (await runGit(git, args)).exitCode === 0;
}
