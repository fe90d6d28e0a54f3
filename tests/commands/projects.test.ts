import { describe, expect, test } from "bun:test";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";

function run(home: string, cwd: string, ...argv: string[]): Promise<Outcome> {
  const own = { HOME: home, AGENT_TRACE_HOME: `${home}/.agent-trace` };
  return cli(argv, { home, cwd, environment: { ...gitTestEnvironment, ...own } });
}

async function init(home: string, cwd: string): Promise<string> {
  return JSON.parse((await run(home, cwd, "init", "--no-hooks", "--json")).stdout).project_id;
}

describe("local projects", () => {
  test("are listed with the state of their repositories", async () => {
    using home = temporaryDirectory();
    using one = tempRepo();
    using other = tempRepo();
    expect((await run(home.path, "/", "projects")).stderr).toBe(
      "no repository is set up: run `agent-trace init`\n",
    );
    const ids = [await init(home.path, one.path), await init(home.path, other.path)] as const;
    rmSync(join(home.path, ".agent-trace/projects", ids[0], "project-config.json"));
    renameSync(other.path, `${other.path}-moved`);
    const { stdout } = await run(home.path, "/", "projects", "--json");
    const expected = [
      { id: ids[0], root: one.path, state: "no data" },
      { id: ids[1], root: other.path, state: "missing" },
    ];
    expect(JSON.parse(stdout).projects).toEqual(
      expected.toSorted((a, b) => (a.root < b.root ? -1 : 1)),
    );
  });

  test("are found again where their repository has moved to", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const id = await init(home.path, repo.path);
    const moved = `${repo.path}-moved`;
    renameSync(repo.path, moved);
    expect(await run(home.path, "/", "adopt", moved)).toEqual({
      exitCode: 0,
      stdout: `${id}\n`,
      stderr: "",
    });
    expect(
      JSON.parse((await run(home.path, "/", "projects", "show", id, "--json")).stdout),
    ).toEqual({
      schema: "agent-trace.projects-show/1",
      ok: true,
      project: {
        id,
        state: "ok",
        root: moved,
        known_roots: [repo.path, moved],
        origin_url: null,
        first_commit_sha: null,
        created_at: expect.stringMatching(/^\d{4}-/),
      },
    });
  });

  test("that nobody knows are said to be unknown", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    expect(await run(home.path, "/", "projects", "show", "constructor")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        "error: no local project has the id `constructor`\nhint: run `agent-trace projects` to see the ids\n",
    });
    expect((await run(home.path, repo.path, "adopt")).stderr).toBe(
      "error: agent-trace is not set up in this repository\nhint: run `agent-trace init`\n",
    );
  });

  test("have a page of help although the word alone lists them", async () => {
    using home = temporaryDirectory();
    const { exitCode, stdout } = await run(home.path, "/", "projects", "--help");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("agent-trace projects <command>");
  });
});
