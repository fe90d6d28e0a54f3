import { agentSession } from "../support/agent-session.ts";
import { describe, expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";

function run(home: string, cwd: string, ...argv: string[]): Promise<Outcome> {
  const own = { HOME: home, AGENT_TRACE_HOME: `${home}/.agent-trace` };
  return cli(argv, { home, cwd, environment: { ...gitTestEnvironment, ...own } });
}

async function prepared(home: string, cwd: string): Promise<string> {
  await run(home, cwd, "init", "--no-hooks");
  const { project_id } = JSON.parse((await run(home, cwd, "adopt", "--json")).stdout);
  return join(home, ".agent-trace/projects", project_id, "project-config.json");
}

describe("settings", () => {
  test("are shown with their defaults, in a repository all of them, elsewhere the person's", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    await prepared(home.path, repo.path);
    expect((await run(home.path, repo.path, "config", "show")).stdout).toBe(
      [
        "notes.enabled                    true",
        "notes.include-ledger             true",
        "notes.include-summary            false",
        "notes.include-prompts            false",
        "notes.all-session-conversations  false",
        "summary.enabled                  false",
        "summary.command                  -      (default)",
        "summary.timeout-seconds          120",
        "redaction.enabled                true   (default)",
        "redaction.allow                  -      (default)",
        "redaction.rules                  -      (default)",
        "redaction.leave-out-bookkeeping  false  (default)",
        "push.commit-counts               true   (default)",
        "commit.trailer                   none   (default)",
        "remote.default                   -      (default)",
        "global.auth-token                -      (no longer in use)",
        "global.capture-detached-edits    false  (no longer in use)",
        "",
      ].join("\n"),
    );
    const { stdout } = await run(home.path, home.path, "config", "show", "--json");
    expect(JSON.parse(stdout).settings).toEqual([
      { name: "global.auth-token", value: null, is_set: false },
      { name: "global.capture-detached-edits", value: false, is_set: false },
    ]);
  });

  test.each([
    ["yes", true],
    ["OFF", false],
    ["1", true],
    ["disable", false],
  ])("take %j for a truth", async (typed, value) => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const file = await prepared(home.path, repo.path);
    expect(
      await run(home.path, repo.path, "config", "set", "notes.include-prompts", typed),
    ).toEqual({
      exitCode: 0,
      stdout: `notes.include-prompts is ${value}\n`,
      stderr: "",
    });
    expect(JSON.parse(readFileSync(file, "utf8")).notes.include_prompts).toBe(value);
  });

  test("keep fields that are not ours, and are set back to their default", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const file = await prepared(home.path, repo.path);
    writeFileSync(file, '{"theirs":{"x":1},"notes":{"enabled":false,"more":2}}');
    expect((await run(home.path, repo.path, "config", "reset", "notes.enabled")).stdout).toBe(
      "notes.enabled is true again\n",
    );
    await run(home.path, repo.path, "config", "set", "summary.timeout-seconds", "30");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      theirs: { x: 1 },
      notes: { more: 2 },
      summary: { timeout_seconds: 30 },
    });
  });

  test.each([
    [["notes.enabld", "true"], "there is no setting `notes.enabld`"],
    [["constructor", "true"], "there is no setting `constructor`"],
    [["notes.enabled", "maybe"], "`maybe` is no value of `notes.enabled`"],
    [["summary.timeout-seconds", "0"], "`0` is no value of `summary.timeout-seconds`"],
    [["summary.timeout-seconds", "1e3"], "`1e3` is no value of `summary.timeout-seconds`"],
    [["summary.command", ""], "`summary.command` cannot be empty"],
  ])("refuse %j", async (words, message) => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const file = await prepared(home.path, repo.path);
    const before = readFileSync(file, "utf8");
    const { exitCode, stderr } = await run(home.path, repo.path, "config", "set", ...words);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([2, `error: ${message}`]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test("refuse a default remote that is none", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    await prepared(home.path, repo.path);
    expect(await run(home.path, repo.path, "config", "set", "remote.default", "team")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        "error: no remote named `team`\nhint: add it with `agent-trace remote add team <url>`\n",
    });
  });

  test("show no secret, and keep it for this person alone", async () => {
    using home = temporaryDirectory();
    const set = await run(
      home.path,
      "/",
      "config",
      "set",
      "global.auth-token",
      "at_secret",
      "--json",
    );
    const shown = await run(home.path, "/", "config", "show");
    expect(set.stdout + set.stderr + shown.stdout + shown.stderr).not.toContain("at_secret");
    expect(shown.stdout).toContain("global.auth-token              (secret)");
    const file = join(home.path, ".agent-trace/config.json");
    expect([statSync(file).mode & 0o777, JSON.parse(readFileSync(file, "utf8"))]).toEqual([
      0o600,
      { auth_token: "at_secret" },
    ]);
  });
});

test("config reset takes a group of settings back as a whole", async () => {
  using session = await agentSession();
  await session.run(["config", "set", "summary.enabled", "true"]);
  await session.run(["config", "set", "summary.timeout-seconds", "7"]);
  expect(await session.run(["config", "reset", "summary", "--yes"])).toEqual({
    exitCode: 0,
    stderr: "",
    stdout:
      "summary.enabled is false again\nsummary.command is not set\nsummary.timeout-seconds is 120 again\n",
  });
  expect((await session.run(["config", "reset", "global"])).exitCode).toBe(2);
});
