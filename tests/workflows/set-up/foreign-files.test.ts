import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../../support/agent-session.ts";
import { type Outcome, cli } from "../../support/cli.ts";
import { temporaryDirectory } from "../../support/directories.ts";
import { gitTestEnvironment, tempRepo } from "../../support/repository.ts";

function run(home: string, cwd: string, ...argv: string[]): Promise<Outcome> {
  const own = { HOME: home, AGENT_TRACE_HOME: `${home}/.agent-trace` };
  return cli(argv, { home, cwd, environment: { ...gitTestEnvironment, ...own } });
}

function makePipe(path: string): void {
  if (Bun.spawnSync(["mkfifo", path]).exitCode !== 0) throw new Error("no pipe");
}

describe("settings in a repository that are no file of settings", () => {
  test.each<[string, string, (path: string) => void]>([
    ["a device", "it leads out of the repository", (path) => symlinkSync("/dev/zero", path)],
    ["a pipe", "it is no regular file", makePipe],
    ["a directory", "it is no regular file", mkdirSync],
    [
      "2 MiB",
      "it is larger than a settings file can be",
      (path) => {
        writeFileSync(path, "");
        truncateSync(path, 2 * 1024 * 1024);
      },
    ],
  ])("such as %s are left alone, and nothing hangs", async (_, reason, make) => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    mkdirSync(join(repo.path, ".claude"));
    const path = join(repo.path, ".claude/settings.local.json");
    make(path);
    const { exitCode, stderr } = await run(home.path, repo.path, "init");
    expect([exitCode, stderr]).toEqual([
      0,
      `warning: \`${path}\` is left alone: ${reason}\nhint: repair the file, then run the command again\n`,
    ]);
    for (const command of ["status", "doctor"]) {
      expect((await run(home.path, repo.path, command)).exitCode).not.toBe(70);
    }
  });

  test("that lead out of it are not written", async () => {
    using home = temporaryDirectory();
    using elsewhere = temporaryDirectory();
    using repo = tempRepo();
    symlinkSync(elsewhere.path, join(repo.path, ".claude"));
    const { stderr } = await run(home.path, repo.path, "init");
    expect(stderr).toContain("it leads out of the repository");
    expect(readdirSync(elsewhere.path)).toEqual([]);
  });

  test("an anchor that is a pipe is told, and nothing hangs", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    await run(home.path, repo.path, "init");
    const anchor = join(repo.path, ".git/agent-trace-id");
    rmSync(anchor);
    makePipe(anchor);
    const { exitCode, stderr } = await run(home.path, repo.path, "status");
    expect([exitCode, stderr]).toEqual([
      1,
      `error: \`${anchor}\` is left alone: it is no regular file\nhint: put a regular file in its place, or take it away\n`,
    ]);
  });
});

test("an edited file that a pipe has taken the place of is passed over, and nothing hangs", async () => {
  using session = await agentSession();
  await session.write("a.ts", "one\n");
  const path = join(session.repo.path, "a.ts");
  rmSync(path);
  makePipe(path);
  const edit = {
    tool_name: "Write",
    tool_input: { file_path: path, content: "two\n" },
    tool_response: { type: "update", filePath: path, content: "two\n", structuredPatch: [] },
  };
  expect(await session.hook(edit)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  session.repo.run(["commit", "--quiet", "--allow-empty", "-m", "x"]);
  expect((await session.run(["commit-link"])).exitCode).toBe(0);
  expect((await session.run(["blame", "a.ts"])).exitCode).not.toBe(70);
});
