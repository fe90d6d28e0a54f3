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
    expect(await session.json<object>(["commit-link", sha])).toEqual({
      schema: "agent-trace.commit-link/1",
      ok: true,
      commit_sha: sha,
      ai_lines: 2,
      trace_ids: [expect.any(String)],
    });
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
