import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Replay, ReplayMode } from "./replay.ts";
import { cut } from "./tracked-file.ts";

/** A bare repository as hosts have them, in which our hooks do not run, and a clone in which somebody else works. */
function host(replay: Replay, trunk?: string): { git(...args: string[]): void } {
  const hub = join(replay.directory, "hub.git");
  const clone = join(replay.directory, "clone");
  replay.git("clone", "-q", "--bare", ".", hub);
  if (trunk !== undefined) replay.git("-C", hub, "branch", "-q", "-f", "main", trunk);
  replay.git("remote", "add", "origin", hub);
  replay.git("fetch", "-q");
  replay.git("clone", "-q", hub, clone);
  return {
    git: (...args) => void replay.git("-C", clone, "-c", "core.hooksPath=/", ...args),
  };
}

/** Somebody else commits something of his own on the trunk. */
function otherWork(git: (...args: string[]) => void, directory: string): void {
  writeFileSync(join(directory, "elsewhere.txt"), "of somebody else\n");
  git("add", "elsewhere.txt");
  git("commit", "-q", "-m", "elsewhere");
}

/** The session's commits as a branch, HEAD at what was there before them. */
function asBranch(replay: Replay): void {
  replay.git("checkout", "-q", "-b", "topic");
  replay.git("branch", "-f", "main", "base");
}

function onHost(replay: Replay, act: (git: (...args: string[]) => void) => void): void {
  asBranch(replay);
  const { git } = host(replay);
  const clone = join(replay.directory, "clone");
  git("checkout", "-q", "-B", "main", "origin/main");
  git("config", "user.name", "Host");
  otherWork(git, clone);
  git("checkout", "-q", "-B", "topic", "origin/topic");
  act(git);
  git("push", "-q", "--force", "origin", "main");
  replay.git("checkout", "-q", "main");
  replay.git("pull", "-q", "--ff-only", "origin", "main");
}

function forget(replay: Replay): void {
  replay.git("branch", "-q", "-D", "topic");
  replay.git("update-ref", "-d", "refs/remotes/origin/topic");
  replay.git("reflog", "expire", "--expire=now", "--all");
  replay.git("gc", "-q", "--prune=now");
}

const squash = (git: (...args: string[]) => void): void => {
  git("checkout", "-q", "main");
  git("merge", "-q", "--squash", "topic");
  git("commit", "-q", "-m", "Everything in one (#12)");
};

/** Blanks for tabs, and none at the end. */
const reindent = (line: string): string[] => [line.replaceAll("\t", "    ").trimEnd()];

/** As a formatter that wraps: what follows the first bracket or comma of a long line stands on lines of its own. */
function wrap(line: string): string[] {
  if (line.length < 60) return [line];
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  const parts = line.trim().split(/(?<=[,(]) ?(?=\S)/);
  return parts.map((part, at) => `${indent}${at === 0 ? "" : "  "}${part}`);
}

/** Every way in which the work of a session reaches the trunk, or is changed on its way. */
export const modes: readonly (ReplayMode & { readonly least?: number })[] = [
  { name: "plain" },
  { name: "three edits in ten by shell", byShell: 0.3 },
  {
    name: "rename",
    finish(replay) {
      const before = [...replay.files];
      for (const [path, file] of before) {
        if (file.lines.length === 0) continue;
        const target = `${path}.moved`;
        replay.git("mv", path, target);
        replay.files.delete(path);
        replay.files.set(target, file);
      }
      replay.git("commit", "-q", "-m", "move");
    },
  },
  {
    name: "amend",
    commit(replay, number) {
      replay.git("commit", "-q", "-m", `work ${number}`);
      replay.git("commit", "-q", "--amend", "-m", `amended ${number}`);
    },
  },
  {
    name: "reset --soft and commit",
    finish(replay) {
      replay.git("reset", "-q", "--soft", "base");
      replay.git("commit", "-q", "-m", "in one");
    },
  },
  {
    name: "merge --squash",
    finish(replay) {
      asBranch(replay);
      replay.git("checkout", "-q", "main");
      otherWork((...args) => void replay.git(...args), replay.root);
      replay.git("merge", "-q", "--squash", "topic");
      replay.git("commit", "-q", "-m", "own words");
    },
  },
  {
    name: "rebase",
    finish(replay) {
      asBranch(replay);
      replay.git("checkout", "-q", "main");
      otherWork((...args) => void replay.git(...args), replay.root);
      replay.git("checkout", "-q", "topic");
      replay.git("rebase", "-q", "main");
    },
  },
  {
    name: "cherry-pick",
    finish(replay) {
      asBranch(replay);
      replay.git("checkout", "-q", "main");
      otherWork((...args) => void replay.git(...args), replay.root);
      replay.git("cherry-pick", "--allow-empty", "base..topic");
    },
  },
  { name: "squash by the host", finish: (replay) => onHost(replay, squash) },
  {
    name: "squash by the host, branch gone",
    least: 0.97,
    finish(replay) {
      asBranch(replay);
      replay.git("checkout", "-q", "main");
      const paths = replay.git("ls-tree", "-r", "--name-only", "topic");
      if (paths === "") throw new Error("nothing to squash");
      replay.git("-c", "core.hooksPath=/", "merge", "-q", "--squash", "topic");
      replay.git("-c", "core.hooksPath=/", "commit", "-q", "-m", "Everything in one (#12)");
      forget(replay);
    },
  },
  {
    name: "rebase by the host",
    finish: (replay) =>
      onHost(replay, (git) => {
        git("rebase", "-q", "main");
        git("checkout", "-q", "main");
        git("merge", "-q", "--ff-only", "topic");
      }),
  },
  {
    name: "merge by the host",
    finish: (replay) =>
      onHost(replay, (git) => {
        git("checkout", "-q", "main");
        git("merge", "-q", "--no-ff", "-m", "merge", "topic");
      }),
  },
  {
    name: "pull --rebase",
    finish(replay) {
      const { git } = host(replay, "base");
      const clone = join(replay.directory, "clone");
      otherWork(git, clone);
      git("push", "-q", "origin", "main");
      replay.git("pull", "-q", "--rebase", "origin", "main");
    },
  },
  {
    name: "stash",
    commit(replay, number) {
      replay.git("stash", "push", "-q");
      writeFileSync(join(replay.root, "elsewhere.txt"), `of somebody else ${number}\n`);
      replay.git("add", "elsewhere.txt");
      replay.git("commit", "-q", "-m", "elsewhere");
      replay.git("stash", "pop", "-q", "--index");
      replay.git("commit", "-q", "-m", `work ${number}`);
    },
  },
  {
    name: "autosquash",
    commit(replay, number) {
      const message = number === 0 ? "work" : `${number % 2 === 0 ? "fixup" : "squash"}! work`;
      replay.git("commit", "-q", "-m", message);
    },
    finish: (replay) =>
      void replay.git("-c", "sequence.editor=true", "rebase", "-q", "-i", "--autosquash", "base"),
  },
  {
    name: "split",
    finish(replay) {
      replay.git("reset", "-q", "base");
      for (const [at, path] of [...replay.files.keys()].entries()) {
        replay.git("add", "--", path);
        if (replay.git("diff", "--cached", "--name-only") === "") continue;
        replay.git("commit", "-q", "-m", `part ${at}`);
      }
    },
  },
  {
    name: "revert of the revert",
    finish(replay) {
      const count = Number(replay.git("rev-list", "--count", "base..HEAD"));
      replay.git("revert", "--no-edit", "HEAD");
      replay.git("revert", "--no-edit", "HEAD");
      if (count < 2) return;
      replay.git("revert", "--no-edit", "HEAD~2", "HEAD~3");
      replay.git("revert", "--no-edit", "HEAD", "HEAD~1");
    },
  },
  { name: "white-space formatter", format: reindent },
  { name: "wrapping formatter", format: wrap, least: 0.97 },
  { name: "linked work tree", linked: true },
  {
    name: "second clone",
    finish(replay) {
      replay.git("clone", "-q", ".", join(replay.directory, "second"));
      replay.moveToClone(join(replay.directory, "second"));
    },
  },
  {
    name: "changed e-mails",
    finish(replay) {
      const filter = "GIT_AUTHOR_EMAIL=n@example.com GIT_COMMITTER_EMAIL=n@example.com";
      const command = `export FILTER_BRANCH_SQUELCH_WARNING=1; git filter-branch -f --env-filter 'export ${filter}' HEAD`;
      replay.shell(command);
    },
  },
  {
    name: "partial commits",
    commit(replay, number) {
      const [first] = cut(replay.git("diff", "--cached", "--name-only"));
      if (first !== undefined) replay.git("commit", "-q", "-m", `first of ${number}`, "--", first);
      if (replay.git("diff", "--cached", "--name-only") === "") return;
      replay.git("commit", "-q", "-m", `work ${number}`);
    },
  },
];
