import { describe, expect, test } from "bun:test";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { agentSession } from "../support/agent-session.ts";
import { temporaryDirectory } from "../support/directories.ts";

const lines = (count: number, word = "line"): string =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1}\n`).join("");

describe("blame", () => {
  test("tells which lines an agent wrote, before the commit and after it", async () => {
    using session = await agentSession();
    await session.write("src/a.ts", lines(3));
    session.type("src/a.ts", `${lines(3)}mine\n`);
    expect(await session.run(["blame", "src/a.ts"])).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: expect.stringMatching(
        /^ 1-3 {3}\[AI\] {2}anthropic\/claude-sonnet-4-5 {2}claude-code {2}uncommitted {2}\d{4}-\d\d-\d\d\n3 of 4 lines AI, 1 without attribution\n$/,
      ),
    });
    const sha = await session.commit();
    const attributions = [
      {
        start_line: 1,
        end_line: 3,
        kind: "AI",
        trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        model_id: "anthropic/claude-sonnet-4-5",
        tool: { name: "claude-code", version: "2.1.3" },
        timestamp: expect.stringMatching(/^\d{4}-.*\+00:00$/),
        commit_sha: sha,
        conversation_id: expect.stringMatching(/^[0-9a-f]{64}$/),
        source: "ledger",
      },
      {
        start_line: 4,
        end_line: 4,
        kind: "NO_ATTRIBUTION",
        trace_id: null,
        model_id: null,
        tool: null,
        timestamp: null,
        commit_sha: sha,
        conversation_id: null,
        source: null,
      },
    ];
    const answer = { file: "src/a.ts", lines: 4, ai_lines: 3, attributions };
    expect(await session.json<object>(["blame", "src/a.ts", "--show-no-attribution"])).toEqual({
      schema: "agent-trace.blame/1",
      ok: true,
      ...answer,
      files: [answer],
    });
  });

  test("shows neighbours that look the same as one row, and tells them apart for scripts", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(3));
    await session.edit("a.ts", "line 3\n", "line 3\nline 4\n");
    session.type("a.ts", `${lines(4)}mine\n`);
    const sha = await session.commit();
    const { stdout } = await session.run(["blame", "a.ts", "--show-no-attribution"]);
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\d/g, "<day>").split("\n")).toEqual([
      ` 1-4   [AI]  anthropic/claude-sonnet-4-5  claude-code  ${sha.slice(0, 7)}  <day>`,
      ` 5-5   [--]                                            ${sha.slice(0, 7)}`,
      "4 of 5 lines AI, 1 without attribution",
      "",
    ]);
    const { attributions } = await session.json<{ attributions: object[] }>(["blame", "a.ts"]);
    expect(attributions).toMatchObject([
      { start_line: 1, end_line: 3 },
      { start_line: 4, end_line: 4 },
    ]);
  });

  test("shows a name that would move the cursor escaped", async () => {
    using session = await agentSession();
    const name = "a\u001b[31m\nb.ts";
    await session.write(name, lines(1));
    await session.commit();
    expect((await session.run(["blame", name])).stdout).toContain("1 of 1 lines AI");
    expect((await session.run(["blame", name, "-l", "9"])).stderr).toStartWith(
      "error: `a\\x1b[31m\\nb.ts` has 1 ",
    );
  });

  test("follows lines to where their commit had them", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(4));
    await session.commit();
    session.type("a.ts", `mine\nmine too\n${lines(4)}`);
    session.repo.run(["mv", "a.ts", "b.ts"]);
    await session.commit();
    expect(await session.aiLines("b.ts")).toEqual([3, 4, 5, 6]);
    expect(await session.aiLines("b.ts", "-r", "2-4")).toEqual([3, 4]);
    expect(await session.aiLines("b.ts", "-l", "1")).toEqual([]);
  });

  test("exits 1 where a selected line has no attribution and one is required", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(2));
    session.type("a.ts", `${lines(2)}mine\n`);
    await session.commit();
    const required = ["blame", "a.ts", "--require-attribution"];
    expect((await session.run([...required, "-r", "1-2"])).exitCode).toBe(0);
    expect(await session.run([...required, "-l", "3"])).toEqual({
      exitCode: 1,
      stdout: "0 of 1 lines AI, 1 without attribution\n",
      stderr: "error: a.ts:3: no attribution\n",
    });
  });

  test("names each range without attribution, of several files, and goes on past one that is not there", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(4));
    session.type("a.ts", `mine\n${lines(2)}mine\nmine\nline 3\nline 4\n`);
    await session.write("b.ts", lines(2));
    await session.commit();
    const argv = ["blame", "--require-attribution", "a.ts", "gone.ts", "b.ts"];
    expect(await session.run(argv)).toEqual({
      exitCode: 1,
      stdout: [
        "a.ts",
        "4 of 7 lines AI, 3 without attribution",
        "b.ts",
        "2 of 2 lines AI, 0 without attribution",
        "",
      ].join("\n"),
      stderr: expect.stringMatching(
        /^error: there is no file .*\nhint: .*\nerror: a\.ts:1: no attribution\nerror: a\.ts:4-5: no attribution\n$/,
      ),
    });
    expect((await session.run(["blame", "b.ts", "gone.ts"])).exitCode).toBe(1);
    const document = await session.json<object>(argv);
    expect(document).toMatchObject({
      ok: false,
      files: [{ file: "a.ts", ai_lines: 4 }, { file: "b.ts" }],
      error: { code: "no_attribution" },
    });
    expect(document).not.toHaveProperty("file");
  });

  test("marks the lines in a GitHub action, whatever their file is called", async () => {
    using session = await agentSession();
    session.type("a,b:\n::error::x%.ts", lines(2));
    await session.commit();
    const environment = { GITHUB_ACTIONS: "true" };
    const required = ["blame", "--require-attribution", "a,b:\n::error::x%.ts"];
    expect(await session.run(required, { environment })).toEqual({
      exitCode: 1,
      stderr: "",
      stdout: [
        "::error file=a%2Cb%3A%0A%3A%3Aerror%3A%3Ax%25.ts,line=1,endLine=2::a,b:\\n::error::x%25.ts:1-2: no attribution",
        "0 of 2 lines AI, 2 without attribution",
        "",
      ].join("\n"),
    });
  });

  test("shows the text at a terminal, beside its agent, age and session", async () => {
    using session = await agentSession();
    await session.write("a.ts", "\tone\n  two \u001b[31m\n");
    await session.edit("a.ts", "\tone\n", "\tone\nnew\n");
    session.type("a.ts", "\tone\nnew\n  two \u001b[31m\nmine\n");
    await session.commit();
    const now = () => new Date(Date.now() + 3 * 24 * 3600 * 1000);
    const id = conversationIdOf(session.transcript).slice(0, 6);
    const plain = { terminal: true, now, environment: { NO_COLOR: "1" } };
    const shown = (...options: string[]) => session.run(["blame", "a.ts", ...options], plain);
    const empty = " ".repeat(`claude-code 3d ${id} `.length);
    const summary = "3 of 4 lines AI, 1 without attribution";
    expect((await shown()).stdout.split("\n")).toEqual([
      `claude-code 3d ${id} |1          one`,
      `${empty}|2  new`,
      `${empty}|3    two \\x1b[31m`,
      `${empty} 4  mine`,
      summary,
      "",
    ]);
    expect((await shown("-l", "4")).stdout).toBe(
      " 4  mine\n0 of 1 lines AI, 1 without attribution\n",
    );
    expect((await shown("--ranges")).stdout).toMatch(/^ 1-3 {3}\[AI\] {2}anthropic.*\n3 of 4/);
    const narrow = await session.run(["blame", "a.ts"], { ...plain, columns: 20 });
    expect(narrow.stdout).toStartWith("|1          one\n|2  new\n");
    const colored = await session.run(["blame", "a.ts"], {
      terminal: true,
      now,
      environment: { LANG: "C.UTF-8" },
    });
    expect(colored.stdout.split("\n")[1]).toBe(
      `\u001b[36m${empty}▌\u001b[0m\u001b[2m2\u001b[0m  \u001b[36mnew\u001b[0m`,
    );
  });

  test("says of a shallow clone that its history is cut off", async () => {
    using session = await agentSession();
    session.type("a.ts", lines(2));
    session.type("b.ts", lines(2));
    await session.commit();
    await session.write("b.ts", lines(3));
    await session.commit();
    using directory = temporaryDirectory();
    const clone = join(directory.path, "clone");
    session.repo.run(["clone", "-q", "--depth=1", `file://${session.repo.path}`, clone]);
    await session.run(["init"], { cwd: clone });
    const { stderr } = await session.run(["blame", "a.ts"], { cwd: clone });
    expect(stderr).toBe(
      "warning: this is a shallow clone: of lines older than its history nothing is known\n" +
        "hint: run `git fetch --unshallow`, in CI fetch all history\n",
    );
    expect((await session.run(["blame", "a.ts"])).stderr).toBe("");
  });

  test("answers from the pending file where git knows nothing of a file", async () => {
    using session = await agentSession();
    await session.write("new file ü.ts", lines(2));
    expect(await session.aiLines("new file ü.ts")).toEqual([1, 2]);
    await session.commit();
    await session.write("other.ts", lines(2));
    expect(await session.aiLines("other.ts")).toEqual([1, 2]);
  });

  test("passes over what is no claim in a ledger that came from elsewhere", async () => {
    using session = await agentSession();
    session.type("constructor", lines(3));
    const commit_sha = await session.commit();
    const claim = { type: "ai", trace_id: "t", model_id: "m" };
    const line_attributions = [
      null,
      7,
      { ...claim, start_line: "1", end_line: "3" },
      { ...claim, start_line: 1, end_line: 3, type: "human" },
      { ...claim, start_line: 2, end_line: 2 },
    ];
    const ledger = { version: "2.0", commit_sha, trace_ids: ["t"] };
    const projects = join(session.home, ".agent-trace", "projects");
    const [project = ""] = readdirSync(projects);
    const file = join(projects, project, "ledgers.jsonl");
    appendFileSync(file, `${JSON.stringify({ ...ledger, files: {} })}\n`);
    expect(await session.aiLines("constructor")).toEqual([]);
    const files = { constructor: { line_attributions } };
    appendFileSync(file, `${JSON.stringify({ ...ledger, files })}\n`);
    expect(await session.aiLines("constructor")).toEqual([2]);
  });

  test.each([
    [["blame", "none.ts"], 1, "there is no file"],
    [["blame", "."], 1, "is no file"],
    [["blame", "-C", "."], 1, "to run in a directory write `--cwd DIR`"],
    [["blame", "/etc/hostname"], 1, "is outside of"],
    [["blame", "a.ts", "-l", "9"], 2, "`a.ts` has 2 lines"],
    [["blame", "a.ts", "-r", "3-1"], 2, "`3-1` names no lines"],
    [["blame", "a.ts", "-r", "1-2", "-l", "1"], 2, "`--lines` is given twice"],
  ])("answers %j with exit %d", async (argv, exitCode, message) => {
    using session = await agentSession();
    await session.write("a.ts", lines(2));
    await session.commit();
    const outcome = await session.run(argv);
    expect(outcome).toEqual({ exitCode, stdout: "", stderr: expect.stringContaining(message) });
  });
});
