import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAnchor } from "../../src/git/anchor.ts";
import { type Outcome, cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";

function init(home: string, cwd: string, ...options: string[]): Promise<Outcome> {
  const environment = {
    ...gitTestEnvironment,
    HOME: home,
    AGENT_TRACE_HOME: `${home}/.agent-trace`,
  };
  return cli(["init", ...options], { home, cwd, environment });
}

/** Every file below a directory with its mode, its time and its content. */
function snapshot(directory: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of new Glob("**/*").scanSync({ cwd: directory, dot: true })) {
    const path = join(directory, name);
    const { mode, mtimeMs } = statSync(path);
    files[name] = `${mode} ${mtimeMs} ${readFileSync(path, "latin1")}`;
  }
  return files;
}

describe("init", () => {
  test("sets a repository up before its first commit and says what it did", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    expect(await init(home.path, repo.path)).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: [
        `Set up agent-trace in ${repo.path}`,
        `  added  .git/agent-trace-id (records are kept in ${home.path}/.agent-trace)`,
        "  added  .git/hooks/post-commit, post-rewrite, post-merge, post-checkout",
        "  added  .git/info/exclude (keeps /.claude/settings.local.json out of commits)",
        "  added  .claude/settings.local.json (hooks for Claude Code)",
        "Next: let an agent edit a file and commit, then `agent-trace blame <file>`",
        "",
      ].join("\n"),
    });
    expect(repo.run(["status", "--porcelain"])).toBe("");
  });

  test("changes no file the second time", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    repo.commit("first", { "a.txt": "a\n" });
    await init(home.path, repo.path);
    const before = [snapshot(repo.path), snapshot(home.path)];
    expect(await init(home.path, repo.path)).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: `agent-trace is set up in ${repo.path}; nothing to change\n`,
    });
    expect([snapshot(repo.path), snapshot(home.path)]).toEqual(before);
  });

  test("changes no file in a dry run", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const before = [snapshot(repo.path), snapshot(home.path)];
    const { exitCode, stdout } = await init(home.path, repo.path, "--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Would set up");
    expect([snapshot(repo.path), snapshot(home.path)]).toEqual(before);
  });

  test("leaves all hooks alone when asked to", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const hooks = snapshot(join(repo.path, ".git/hooks"));
    await init(home.path, repo.path, "--no-hooks");
    expect(snapshot(join(repo.path, ".git/hooks"))).toEqual(hooks);
    expect([...new Glob(".claude/*").scanSync({ cwd: repo.path, dot: true })]).toEqual([]);
  });

  test("gives linked work trees one project, and a submodule its own", async () => {
    using home = temporaryDirectory();
    using inner = tempRepo();
    inner.commit("first", { "a.txt": "a\n" });
    using repo = tempRepo();
    repo.run([
      "-c",
      "protocol.file.allow=always",
      "submodule",
      "--quiet",
      "add",
      inner.path,
      "sub",
    ]);
    repo.commit("first");
    repo.run(["worktree", "add", "--quiet", "../linked"]);
    const id = async (cwd: string): Promise<unknown> =>
      JSON.parse((await init(home.path, cwd, "--json")).stdout).project_id;
    const own = await id(repo.path);
    expect(await id(join(repo.path, "../linked"))).toBe(own);
    expect(await id(join(repo.path, "sub"))).not.toBe(own);
  });

  test("writes no hooks for the repository where the person has them everywhere", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    mkdirSync(join(home.path, ".claude"));
    const settings = join(home.path, ".claude/settings.json");
    const hooks = { Stop: [{ hooks: [{ type: "command", command: "agent-trace record" }] }] };
    writeFileSync(settings, JSON.stringify({ hooks }));
    const incomplete = await init(home.path, repo.path);
    expect(incomplete.stderr).toBe(
      `warning: \`${settings}\` is left alone: hooks for Claude Code are incomplete\n` +
        "hint: run `agent-trace hooks setup-global` to complete them\n",
    );
    await cli(["hooks", "setup-global"], { home: home.path });
    const complete = await init(home.path, repo.path);
    expect([complete.exitCode, complete.stderr]).toEqual([0, ""]);
    expect([...new Glob(".claude/*").scanSync({ cwd: repo.path, dot: true })]).toEqual([]);
  });

  test("leaves a damaged settings file and one of the team alone, and says so", async () => {
    using home = temporaryDirectory();
    using damaged = tempRepo();
    const file = damaged.write(".claude/settings.local.json", "{ not json");
    const first = await init(home.path, damaged.path);
    expect([first.exitCode, readFileSync(file, "utf8")]).toEqual([0, "{ not json"]);
    expect(first.stderr).toBe(
      `warning: \`${file}\` is left alone: this is no settings file that can be understood\n` +
        "hint: repair the file, then run the command again\n",
    );
    using team = tempRepo();
    team.commit("first", { ".claude/settings.local.json": "{}\n" });
    const second = await init(home.path, team.path);
    expect(second.stderr).toContain("the repository tracks this file");
    expect(team.run(["status", "--porcelain"])).toBe("");
  });

  test("leaves a hooks directory that other repositories use alone, and says what to add there", async () => {
    using home = temporaryDirectory();
    using shared = temporaryDirectory();
    using repo = tempRepo();
    repo.run(["config", "core.hooksPath", shared.path]);
    const { exitCode, stderr } = await init(home.path, repo.path);
    expect([exitCode, snapshot(shared.path)]).toEqual([0, {}]);
    expect(stderr).toContain("add `agent-trace commit-link || true` to it");
    await init(home.path, repo.path, "--shared");
    expect(Object.keys(snapshot(shared.path)).toSorted()).toEqual([
      "post-checkout",
      "post-commit",
      "post-merge",
      "post-rewrite",
    ]);
    expect(readFileSync(join(shared.path, "post-commit"), "utf8")).not.toContain("/usr/local/bin");
  });

  test("completes what a kill left half done, under the same id", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const id = createAnchor(repo.repository);
    writeFileSync(join(repo.path, ".git/hooks/post-commit.agent-trace-new"), "half");
    writeFileSync(join(repo.path, ".git/agent-trace-id.0a1b2c.tmp"), id.slice(0, 9));
    const { exitCode, stdout } = await init(home.path, repo.path, "--json");
    expect([exitCode, JSON.parse(stdout).project_id]).toEqual([0, id]);
    const again = await init(home.path, repo.path);
    expect(again.stdout).toBe(`agent-trace is set up in ${repo.path}; nothing to change\n`);
  });

  test("goes by `-p` and answers outside of repositories with what to do", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    expect((await init(home.path, "/", "-p", repo.path)).exitCode).toBe(0);
    expect(await init(home.path, home.path)).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        "error: this directory is not in a git repository\n" +
        "hint: run the command inside a repository with a work tree, or name one with `-p`\n",
    });
  });

  test("keeps the origin's address without its credentials, and the oldest commit", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const first = repo.commit("first");
    repo.commit("second");
    repo.run(["remote", "add", "origin", "https://me:secret@example.com/r.git"]);
    await init(home.path, repo.path);
    const registry = JSON.parse(
      readFileSync(join(home.path, ".agent-trace/projects.json"), "utf8"),
    );
    expect(Object.values(registry.projects)).toMatchObject([
      {
        first_commit_sha: first,
        origin_url: "https://example.com/r.git",
        canonical_root: repo.path,
        known_roots: [repo.path],
      },
    ]);
  });
});
