import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Program } from "../../../src/context.ts";
import { applyChange } from "../../../src/workflows/set-up/file-change.ts";
import { planGitHooks, readGitHookStates } from "../../../src/workflows/set-up/git-hooks.ts";
import { type TempRepo, gitTestEnvironment, tempRepo } from "../../support/repository.ts";

/** A stand-in for the program, at a path with everything that a shell might stumble on, that notes how it is called. */
function fakeProgram(repo: TempRepo): Program {
  const path = repo.write("../it's $HOME `x`/agent-trace", "");
  writeFileSync(path, `#!/bin/sh\n{ echo "$@"; cat; } >> '${repo.path}/../calls'\nexit 3\n`);
  chmodSync(path, 0o755);
  return { version: "0", commit: "test", target: "test", path };
}

function hook(repo: TempRepo, name: string, text: string, mode = 0o755): string {
  const path = repo.write(`.git/hooks/${name}`, text);
  chmodSync(path, mode);
  return path;
}

async function install(repo: TempRepo, program = fakeProgram(repo)): Promise<void> {
  for (const { change } of await planGitHooks(repo.git, { program, shared: false })) {
    if (change !== undefined) applyChange(change);
  }
}

/** What the program was called with, call by call. */
function calls(repo: TempRepo): string {
  const file = join(repo.path, "../calls");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function theirs(repo: TempRepo): string {
  return readFileSync(join(repo.path, "../theirs"), "utf8");
}

describe("git hooks", () => {
  test("call the program after a commit and after an amendment, with what git tells", async () => {
    using repo = tempRepo();
    await install(repo);
    const before = repo.commit("first");
    repo.run(["commit", "--quiet", "--amend", "--allow-empty", "--message", "again"]);
    const after = repo.run(["rev-parse", "HEAD"]);
    expect(calls(repo)).toBe(`commit-link\ncommit-link\nrewrite-ledger\n${before} ${after}\n`);
  });

  test("are silent and do no harm where the program is gone", async () => {
    using repo = tempRepo();
    await install(repo, { ...fakeProgram(repo), path: "/nonexistent/agent-trace" });
    const { exitCode, stdout, stderr } = Bun.spawnSync(
      ["git", "commit", "--quiet", "--allow-empty", "--message", "first"],
      { cwd: repo.path, env: gitTestEnvironment as Record<string, string> },
    );
    expect([exitCode, stdout.toString(), stderr.toString()]).toEqual([0, "", ""]);
  });

  test("run what stood there before, with its input, its arguments and its exit code", async () => {
    using repo = tempRepo();
    const body = `echo "$0 $1"; cat >> '${repo.path}/../theirs'; exit 7\n`;
    const path = hook(repo, "post-rewrite", `#!/bin/sh -eu\n${body}`);
    await install(repo);
    const { exitCode, stdout } = Bun.spawnSync([path, "amend"], {
      cwd: repo.path,
      stdin: Buffer.from("old new\nolder newer\n"),
    });
    expect([exitCode, stdout.toString()]).toEqual([7, `${path} amend\n`]);
    expect(theirs(repo)).toBe("old new\nolder newer\n");
    expect(calls(repo)).toBe("rewrite-ledger\nold new\nolder newer\n");
  });

  test("call the program although the script that stood there ends early", async () => {
    using repo = tempRepo();
    hook(repo, "post-commit", "#!/usr/bin/env bash\nexec true\n");
    await install(repo);
    repo.commit("first");
    expect(calls(repo)).toBe("commit-link\n");
  });

  test("keep a hook in another language, or that links elsewhere, beside ours and run it", async () => {
    for (const kind of ["program", "link"] as const) {
      using repo = tempRepo();
      const script = `#!/usr/bin/perl\nopen(F, '>>', '${repo.path}/../theirs'); print F "ran @ARGV\\n"; exit 5;\n`;
      const path = hook(repo, kind === "link" ? "real" : "post-commit", script);
      const link = join(repo.path, ".git/hooks/post-commit");
      if (kind === "link") symlinkSync("real", link);
      await install(repo);
      const { exitCode } = Bun.spawnSync([link, "x"], { cwd: repo.path });
      expect([exitCode, theirs(repo), calls(repo)]).toEqual([5, "ran x\n", "commit-link\n"]);
      const kept = join(repo.path, ".git/hooks/post-commit.before-agent-trace");
      expect(readFileSync(kept, "utf8")).toBe(script);
      expect(lstatSync(kept).isSymbolicLink()).toBe(kind === "link");
      if (kind === "link") expect(readFileSync(path, "utf8")).toBe(script);
    }
  });

  test("say of a hook that lefthook makes that it will be made anew", async () => {
    using repo = tempRepo();
    hook(
      repo,
      "post-commit",
      "#!/bin/sh\ncall_lefthook run post-commit\nlefthook run post-commit\n",
    );
    const plan = await planGitHooks(repo.git, { program: fakeProgram(repo), shared: false });
    expect(plan.map(({ note }) => note)).toEqual([
      "another tool's hook; when it makes it anew, run this again",
      undefined,
    ]);
  });

  test("say of a hook in which an older tool of this name stands that it is called twice", async () => {
    using repo = tempRepo();
    hook(repo, "post-commit", "#!/bin/sh\nagent-trace commit-link\n");
    const plan = await planGitHooks(repo.git, { program: fakeProgram(repo), shared: false });
    expect(plan[0]?.note).toBe(
      "existing hook kept; it calls agent-trace as well: take that out of it",
    );
  });

  test("do not switch on a hook that was switched off", async () => {
    using repo = tempRepo();
    hook(repo, "post-commit", `#!/bin/sh\necho ran >> '${repo.path}/../theirs'\n`, 0o644);
    await install(repo);
    repo.commit("first");
    expect(existsSync(join(repo.path, "../theirs"))).toBe(false);
    expect(calls(repo)).toBe("commit-link\n");
  });

  test("find a hook again that a kill left under the name by which it is kept", async () => {
    using repo = tempRepo();
    hook(
      repo,
      "post-commit.before-agent-trace",
      `#!/bin/sh\necho ran >> '${repo.path}/../theirs'\n`,
    );
    await install(repo);
    repo.commit("first");
    expect(theirs(repo)).toBe("ran\n");
  });

  test("are brought up to date in place when the program has moved", async () => {
    using repo = tempRepo();
    const path = hook(repo, "post-commit", "#!/bin/sh\necho theirs\n", 0o750);
    const program = fakeProgram(repo);
    await install(repo, { ...program, path: "/old/agent-trace" });
    await install(repo, program);
    const text = readFileSync(path, "utf8");
    expect(text).not.toContain("/old/agent-trace");
    expect(text.match(/>>> agent-trace >>>/g)).toHaveLength(1);
    expect(text).toEndWith("<<<\necho theirs\n");
    expect(statSync(path).mode & 0o777).toBe(0o750);
    const plan = await planGitHooks(repo.git, { program, shared: false });
    expect(plan.map(({ action }) => action)).toEqual(["kept", "kept", "kept", "kept"]);
  });

  test("stay out of what the team shares, but enter what husky makes in each clone", async () => {
    using repo = tempRepo();
    repo.commit("first", { ".husky/post-commit": "echo husky\n", ".husky/_/.gitignore": "*\n" });
    const program = fakeProgram(repo);
    const actions = async (path: string): Promise<string[]> => {
      repo.run(["config", "core.hooksPath", path]);
      const plan = await planGitHooks(repo.git, { program, shared: false });
      return plan.map(({ action, path: file }) => `${action} ${file.slice(repo.path.length + 1)}`);
    };
    expect(await actions(".husky")).toEqual([
      "skipped .husky/post-commit",
      "skipped .husky/post-rewrite",
      "skipped .husky/post-merge",
      "skipped .husky/post-checkout",
    ]);
    expect(await actions(".husky/_")).toEqual([
      "added .husky/_/post-commit",
      "added .husky/_/post-rewrite",
      "added .husky/_/post-merge",
      "added .husky/_/post-checkout",
    ]);
  });

  test("tell their state and the program that they call", async () => {
    using repo = tempRepo();
    const program = fakeProgram(repo);
    const states = async (): Promise<unknown[]> =>
      (await readGitHookStates(repo.git)).map(({ isInstalled, program: path }) => [
        isInstalled,
        path,
      ]);
    expect(await states()).toEqual([
      [false, undefined],
      [false, undefined],
      [false, undefined],
      [false, undefined],
    ]);
    await install(repo, program);
    chmodSync(join(repo.path, ".git/hooks/post-rewrite"), 0o644);
    expect(await states()).toEqual([
      [true, program.path],
      [false, undefined],
      [true, program.path],
      [true, program.path],
    ]);
  });
});
