import { expect, test } from "bun:test";
import { appendFileSync, chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { ProjectId } from "../../src/schema/ids.ts";
import { appendHookError } from "../../src/store/hook-errors.ts";
import { type ProjectPaths, projectPaths } from "../../src/store/files/paths.ts";
import { appendCommitLink, appendLedger } from "../../src/store/records.ts";
import { openExchange } from "../../src/store/exchange/open-exchange.ts";
import { appendTraces, ledger, sha, trace } from "../store/scene.ts";
import { agentSession } from "../support/agent-session.ts";
import { type Outcome, cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";
import { testService } from "../support/service.ts";

interface Scene extends Disposable {
  readonly home: string;
  readonly root: string;
  readonly project: ProjectPaths;
  run(...argv: string[]): Promise<Outcome>;
}

/** An initialised repository with three traces, of which a ledger names two. */
async function scene(): Promise<Scene> {
  const home = temporaryDirectory();
  const repo = tempRepo();
  const environment = {
    ...gitTestEnvironment,
    HOME: home.path,
    AGENT_TRACE_HOME: `${home.path}/.agent-trace`,
  };
  const run = (...argv: string[]): Promise<Outcome> =>
    cli(argv, { home: home.path, cwd: repo.path, environment, program: process.execPath });
  await run("init");
  const [id] = readdirSync(join(home.path, ".agent-trace/projects"));
  const project = projectPaths(join(home.path, ".agent-trace"), id as ProjectId);
  appendTraces(project, [trace("1"), trace("2"), trace("3", { path: ".sessions" }), trace("4")]);
  appendLedger(project, ledger(sha("a"), ["1", "2"]));
  appendCommitLink(project, { commit_sha: sha("a"), trace_ids: ["1"], files_changed: ["a.ts"] });
  return {
    home: home.path,
    root: repo.path,
    project,
    run,
    [Symbol.dispose]() {
      home[Symbol.dispose]();
      repo[Symbol.dispose]();
    },
  };
}

test("status counts what is recorded and what each remote lacks, without the network", async () => {
  using s = await scene();
  await s.run("remote", "add", "origin", "http://127.0.0.1:9/acme/app");
  expect(await s.run("status", "--offline")).toEqual({
    exitCode: 0,
    stderr: "",
    stdout: [
      `Project ${s.root} (${s.project.id})`,
      "  traces         4  2 not in any ledger, 1 of them events",
      "  ledgers        1",
      "  commit links   1",
      "  conversations  0",
      "Remote origin (default): http://127.0.0.1:9/acme/app",
      "  lacks 2 traces, 1 ledger, 1 commit link (2 traces held back)",
      "Hooks: post-commit, post-rewrite, post-merge, post-checkout, claude-code",
      "",
    ].join("\n"),
  });
  expect((await s.run("status", "--exit-code")).exitCode).toBe(8);
});

test("status says that a remote has everything, and which hook events failed", async () => {
  using s = await scene();
  await s.run("remote", "add", "origin", "http://127.0.0.1:9/acme/app");
  {
    using store = openExchange(s.project, {
      remote: "origin",
      warn: () => {},
      now: () => new Date(),
    });
    for (const resource of ["traces", "ledgers", "commit_links"] as const) {
      store.rows.acknowledge(resource, store.rows.candidates(resource, "all"));
    }
  }
  const error = { hook: "record", event: "PostToolUse", reason: "no\u001b[31mse" };
  appendHookError(join(s.home, ".agent-trace"), { time: "2026-02-10T12:00:00Z", ...error });
  const { exitCode, stdout } = await s.run("status", "--exit-code");
  expect(exitCode).toBe(0);
  expect(stdout.split("\n").slice(5)).toEqual([
    "Remote origin (default): http://127.0.0.1:9/acme/app",
    "  has everything",
    "Hooks: post-commit, post-rewrite, post-merge, post-checkout, claude-code",
    "1 hook event failed, the last at 2026-02-10T12:00:00Z",
    "  2026-02-10T12:00:00Z  record (PostToolUse): no\\x1b[31mse",
    "",
  ]);
});

test("status as a document has the same figures", async () => {
  using s = await scene();
  const document = JSON.parse((await s.run("status", "--json")).stdout);
  expect(document).toMatchObject({
    schema: "agent-trace.status/1",
    ok: true,
    project: { id: s.project.id, root: s.root },
    counts: {
      traces: 4,
      unattributed_traces: 2,
      events: 1,
      ledgers: 1,
      commit_links: 1,
      conversations: 0,
      summaries: 0,
    },
    remotes: [],
    waiting: false,
    hook_events: expect.any(Object),
    hook_errors: { count: 0, last: [] },
  });
  expect(document.hooks).toHaveLength(6);
});

test("doctor finds a sound project sound", async () => {
  using s = await scene();
  const { exitCode, stdout, stderr } = await s.run("doctor", "--offline");
  expect(stdout.replace(/git \d[^,]+/, "git 2")).toBe(
    [
      `ok    git 2, repository at ${s.root}`,
      "ok    hooks: post-commit, post-rewrite, post-merge, post-checkout, claude-code call agent-trace",
      "ok    configuration",
      `ok    storage: 6 records in ~/.agent-trace`,
      "ok    4 events recorded, 1 commit linked",
      "everything is in order",
      "",
    ].join("\n"),
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});

test("doctor names what is damaged, open to others or failed, each with what to do", async () => {
  using s = await scene();
  const home = join(s.home, ".agent-trace");
  writeFileSync(s.project.traces, 'nonsense\n{"id":"half', { flag: "a" });
  writeFileSync(s.project.remotes, "{");
  writeFileSync(join(home, "config.json"), "{}", { mode: 0o644 });
  chmodSync(join(home, "config.json"), 0o644);
  appendHookError(home, { time: "2026-02-10T12:00:00Z", hook: "record", reason: "no disk" });
  const { exitCode, stdout } = await s.run("doctor");
  expect(exitCode).toBe(8);
  expect(stdout.split("\n").slice(2)).toEqual([
    `fail  \`${s.project.remotes}\` is damaged and was kept as \`remotes.json.bad-1\``,
    "        fix: compare it with what agent-trace made anew, and enter what is missing",
    "fail  1 file in ~/.agent-trace can be read by others",
    "        fix: chmod -R go= ~/.agent-trace",
    "warn  2 lines of traces.jsonl are torn or damaged",
    '        see: docs/design.md, "Invariants of the store"; such lines are passed over, never sent',
    `warn  a damaged file was kept as ~/${relative(s.home, s.project.remotes)}.bad-1`,
    "        see: delete it when it is of no more use",
    "ok    4 events recorded, 1 commit linked",
    "warn  1 hook event failed since 2026-02-10: no disk (1)",
    "        see: agent-trace status --verbose",
    "2 problems, 3 warnings",
    "",
  ]);
});

test("doctor asks each remote whose token it has", async () => {
  using s = await scene();
  await using service = await testService();
  const { remote, token } = await service.account("acme/app");
  const other = await service.account("globex/app");
  await s.run("remote", "add", "origin", remote, "--token", token);
  await s.run("remote", "add", "wrong", other.remote);
  await s.run("remote", "add", "nobody", "http://127.0.0.1:1/acme/app");
  const config = join(s.home, ".agent-trace/config.json");
  const kept = JSON.parse(await Bun.file(config).text());
  kept.tokens[`${s.project.id}::wrong`] = token;
  writeFileSync(config, JSON.stringify(kept));
  const remotes = JSON.parse(await Bun.file(s.project.remotes).text());
  remotes.wrong.auth = { type: "bearer", token_ref: `global:${s.project.id}::wrong` };
  writeFileSync(s.project.remotes, JSON.stringify(remotes));
  const { exitCode, stdout } = await s.run("doctor", "--json");
  const { findings, ok } = JSON.parse(stdout);
  const remoteFindings = (findings as { area: string; level: string; message: string }[]).filter(
    ({ area }) => area === "remote",
  );
  expect({ exitCode, ok }).toEqual({ exitCode: 8, ok: false });
  expect(remoteFindings.map(({ level }) => level)).toEqual(["fail", "ok", "fail"]);
  expect(remoteFindings[0]?.message).toContain("remote `nobody`");
  expect(remoteFindings[1]?.message).toStartWith("Remote 'origin' token matches URL");
  expect(remoteFindings[2]).toMatchObject({ code: "org_slug_mismatch" });
  expect(stdout).not.toContain(token);
});

test("status and doctor need a project", async () => {
  using home = temporaryDirectory();
  mkdirSync(join(home.path, "empty"));
  for (const command of ["status", "doctor"]) {
    expect(await cli([command], { home: home.path, cwd: join(home.path, "empty") })).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: [
        "error: this directory is not in a git repository",
        "hint: run the command inside a repository with a work tree, or name one with `-p`",
        "",
      ].join("\n"),
    });
  }
});

test("a journal of hook errors that cannot be read hides nothing else", async () => {
  using s = await scene();
  mkdirSync(join(s.home, ".agent-trace/hook-errors.jsonl"));
  const status = await s.run("status");
  expect({ exitCode: status.exitCode, warned: status.stderr }).toEqual({
    exitCode: 0,
    warned: expect.stringMatching(/^warning: cannot read .*hook-errors\.jsonl/),
  });
  expect(status.stdout).toContain("traces         4");
  const doctor = await s.run("doctor");
  expect({ exitCode: doctor.exitCode, stdout: doctor.stdout }).toEqual({
    exitCode: 8,
    stdout: expect.stringMatching(/fail {2}cannot read .*hook-errors\.jsonl/),
  });
});

test("status says of a conversation that left with its secrets masked that the remote has it", async () => {
  using session = await agentSession();
  await using service = await testService();
  const { token, remote } = await service.account("acme/app");
  const spoken = { type: "user", message: { content: "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" } };
  appendFileSync(session.transcript, `${JSON.stringify(spoken)}\n`);
  await session.write("a.ts", "let a = 1;\n");
  await session.commit();
  await session.run(["remote", "add", "origin", remote, "--token", token]);
  expect((await session.run(["status", "--exit-code"])).stdout).toContain("1 conversation\n");
  expect((await session.run(["push"])).exitCode).toBe(0);
  const after = await session.run(["status", "--exit-code"]);
  expect(after.stdout).toContain("  has everything\n");
  expect(after.exitCode).toBe(0);
  appendFileSync(session.transcript, `${JSON.stringify(spoken)}\n`);
  expect((await session.run(["status"])).stdout).toContain("  lacks 1 conversation\n");
});
