import { AppError } from "../errors.ts";
import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import { type Git, gitFailure, readGitText, runGit } from "./run-git.ts";

export interface Transfer {
  /** The name of a git remote. */
  readonly remote: string;
  readonly ref: string;
  readonly signal?: AbortSignal;
}

/** Nothing of the repository's or the person's runs on the way, and nothing else of the repository is changed. */
const quiet = ["core.hooksPath=/dev/null", "gc.auto=0", "maintenance.auto=false"].flatMap(
  (setting) => ["-c", setting],
);

export async function listRemotes(git: Git): Promise<string[]> {
  return (await readGitText(git, ["remote"])).split("\n").filter((name) => name !== "");
}

/** Fetches a remote's notes to a ref of ours beside them; undefined where the remote has none. */
export async function fetchNotes(
  git: Git,
  { remote, ref, signal }: Transfer,
): Promise<CommitSha | undefined> {
  const kept = `refs/agent-trace/notes/${remote}`;
  const fetch = (...more: string[]) =>
    runGit(
      git,
      [
        ...quiet,
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-prune",
        // A partial clone would get notes without their texts.
        "--no-filter",
        "--no-recurse-submodules",
        ...more,
        "--",
        remote,
        `+${ref}:${kept}`,
      ],
      { mayTransfer: true, ...(signal === undefined ? {} : { signal }) },
    );
  let outcome = await fetch("--no-write-fetch-head");
  // Git before 2.29 does not know the option.
  if (outcome.exitCode === 129) outcome = await fetch();
  if (outcome.exitCode !== 0) {
    if (/couldn't find remote ref/.test(outcome.stderr)) return undefined;
    throw failure("fetch", outcome);
  }
  const tip = (await readGitText(git, ["rev-parse", "--verify", `${kept}^{commit}`])).trim();
  return isCommitSha(tip) ? tip : undefined;
}

/** How git says that a ref is no longer where it was expected, ours or the server's word. */
const overtaken =
  /\[rejected\]|\[remote rejected\].*(?:cannot lock ref|failed to (?:update|lock)|already exists|incorrect old value|fetch first)/;

/**
 * Pushes a state of the notes, provided that the remote's are still at `expected` (undefined: that it has none). False
 * where somebody else was faster.
 */
export async function pushNotes(
  git: Git,
  { remote, ref, signal }: Transfer,
  { tip, expected }: { readonly tip: CommitSha; readonly expected: CommitSha | undefined },
): Promise<boolean> {
  const outcome = await runGit(
    git,
    [
      ...quiet,
      "push",
      "--quiet",
      "--no-verify",
      "--no-follow-tags",
      "--recurse-submodules=no",
      `--force-with-lease=${ref}:${expected ?? ""}`,
      "--",
      remote,
      `${tip}:${ref}`,
    ],
    { mayTransfer: true, ...(signal === undefined ? {} : { signal }) },
  );
  if (outcome.exitCode === 0) return true;
  if (overtaken.test(outcome.stderr)) return false;
  throw failure("push", outcome);
}

/** Git's reason; a URL's credentials are cut out of it. */
function failure(
  command: string,
  { stderr, exitCode }: { readonly stderr: string; readonly exitCode: number },
): AppError {
  const refused = /\[remote rejected\][^\n]*\(([^)\n]*)\)/.exec(stderr)?.[1];
  const told = refused === undefined ? stderr : `error: the remote refuses it: ${refused}\n`;
  const { code, message } = gitFailure([command], told.replace(/:\/\/[^/\s@]*@/g, "://"), exitCode);
  return new AppError(code, message, {
    hint: "see that `git push` and `git fetch` work with this remote",
  });
}
