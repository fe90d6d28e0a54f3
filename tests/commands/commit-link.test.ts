import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../support/agent-session.ts";

describe("commit-link", () => {
  test("says how much of the commit is an agent's", async () => {
    using session = await agentSession();
    await session.write("a.ts", "one\ntwo\n");
    const sha = await session.commit();
    expect(await session.run(["commit-link"])).toEqual({
      exitCode: 0,
      stdout: `${sha.slice(0, 7)}: 2 lines AI, 1 trace\n`,
      stderr: "",
    });
    const linked = { commit_sha: sha, ai_lines: 2, trace_ids: [expect.any(String)] };
    expect(await session.json<object>(["commit-link", sha])).toEqual({
      schema: "agent-trace.commit-link/1",
      ok: true,
      ...linked,
      commits: [linked],
    });
  });

  test("links before HEAD what no hook saw, and follows a pending file through each commit", async () => {
    using session = await agentSession();
    session.repo.commit("base", { "p.ts": "p\n" });
    await session.run(["commit-link"]);
    await session.write("a.ts", "one\n");
    const first = session.repo.commit("no hook");
    await session.edit("a.ts", "one\n", "one\ntwo\n");
    session.repo.commit("no hook either", { "p.ts": "p\nq\n" });
    const { stdout } = await session.run(["blame", "a.ts"]);
    expect(stdout).toContain("2 of 2 lines AI");
    expect(stdout).toContain(first.slice(0, 7));
    expect((await session.run(["commit-link", "--catch-up"])).stdout).toBe(
      "there was nothing to link\n",
    );
  });

  test("takes no claim of an uncommitted line for a commit that came from elsewhere", async () => {
    using session = await agentSession();
    session.repo.commit("base", { "a.ts": "one\n" });
    await session.run(["commit-link"]);
    session.repo.run(["clone", "-q", ".", "../other"]);
    session.repo.write("../other/a.ts", "one\nsame words\n");
    session.repo.run(["-C", "../other", "commit", "-qam", "a person's"], {
      environment: { GIT_COMMITTER_EMAIL: "colleague@example.com" },
    });
    await session.edit("a.ts", "one\n", "one\nsame words\n");
    session.repo.run(["stash", "-q"]);
    session.repo.run(["pull", "-q", "--ff-only", "../other", "main"]);
    await session.run(["commit-link", "--catch-up"]);
    expect(await session.aiLines("a.ts")).toEqual([]);
  });

  test("links every commit since one, and says what it cannot understand", async () => {
    using session = await agentSession();
    session.repo.commit("base", { "p.ts": "p\n" });
    await session.write("a.ts", "one\n");
    const first = session.repo.commit("one");
    await session.write("b.ts", "one\n");
    const second = session.repo.commit("two");
    const { stdout } = await session.run(["commit-link", "--since", "HEAD~2"]);
    expect(stdout).toBe(
      [first, second].map((sha) => `${sha.slice(0, 7)}: 1 line AI, 1 trace\n`).join(""),
    );
    expect((await session.run(["commit-link", "--since", "nonsense"])).stderr).toBe(
      "error: `nonsense` is neither a commit of this repository nor a time\n" +
        "hint: name a commit, such as `HEAD~20`, or a time, such as `2026-01-31`\n",
    );
  });

  test("refuses a commit that is not there, and before the first one", async () => {
    using session = await agentSession();
    const refused = (revision: string) => ({
      exitCode: 1,
      stdout: "",
      stderr: `error: there is no commit \`${revision}\` here\nhint: name a commit of this repository, or make the first one\n`,
    });
    expect(await session.run(["commit-link", "HEAD"])).toEqual(refused("HEAD"));
    expect(await session.run(["commit-link", "--", "-x"])).toEqual(refused("-x"));
  });

  test("keeps the reason of a failure that only the hook saw", async () => {
    using session = await agentSession();
    await session.write("a.ts", "one\n");
    session.repo.commit("work");
    const projects = join(session.home, ".agent-trace", "projects");
    const directory = join(projects, readdirSync(projects)[0] ?? "");
    mkdirSync(join(directory, "ledgers.jsonl"));
    chmodSync(directory, 0o500);
    try {
      expect((await session.run(["commit-link"])).exitCode).toBe(1);
    } finally {
      chmodSync(directory, 0o700);
    }
    const journal = join(session.home, ".agent-trace", "hook-errors.jsonl");
    expect(existsSync(journal)).toBe(true);
    expect(JSON.parse(readFileSync(journal, "utf8").trimEnd())).toEqual({
      time: expect.any(String),
      hook: "commit-link",
      reason: expect.stringContaining("ledgers.jsonl"),
    });
  });
});
