import { describe, expect, test } from "bun:test";
import { cpSync, readFileSync, readdirSync, renameSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Ledger } from "../../../src/schema/ledger.ts";
import { agentSession } from "../../support/agent-session.ts";
import { bare, lines, rows } from "./linked-rows.ts";

describe("attribution that went another way", () => {
  test("is kept by an amended commit", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 2));
    await session.commit();
    session.type("a.ts", `mine\n${lines(1, 2)}`);
    session.repo.run([...bare, "commit", "-q", "--all", "--amend", "--no-edit"]);
    await session.run(["commit-link"]);
    expect(await session.aiLines("a.ts")).toEqual([2, 3]);
  });

  test("is kept by a cherry-pick, line by line", async () => {
    using session = await agentSession();
    const { repo } = session;
    session.type("a.ts", "start\n\n\n\nend\n");
    await session.commit();
    repo.run(["checkout", "-q", "-b", "side"]);
    await session.edit("a.ts", "start\n", "start\nagent's line 1\n");
    const source = await session.commit();
    repo.run(["checkout", "-q", "main"]);
    session.type("a.ts", "start\n\n\n\nend\nmine\n");
    await session.commit();
    repo.run([...bare, "cherry-pick", "-x", "side"]);
    await session.run(["commit-link"]);
    expect(await session.aiLines("a.ts")).toEqual([2]);
    expect(rows<Ledger>(session, "ledgers.jsonl").at(-1)?.derived_from).toEqual({
      kind: "cherry-pick",
      source_sha: source,
    });
  });

  test("is kept by a squashed branch", async () => {
    using session = await agentSession();
    const { repo } = session;
    session.type("a.ts", "mine\n");
    await session.commit();
    repo.run(["checkout", "-q", "-b", "side"]);
    await session.edit("a.ts", "mine\n", "mine\nagent's line 1\n");
    await session.commit();
    await session.write("b.ts", lines(1, 2));
    await session.commit();
    repo.run(["checkout", "-q", "main"]);
    repo.run(["merge", "-q", "--squash", "side"]);
    repo.run([...bare, "commit", "-q", "--no-edit"]);
    await session.run(["commit-link"]);
    expect(await session.aiLines("a.ts")).toEqual([2]);
    expect(await session.aiLines("b.ts")).toEqual([1, 2]);
  });

  test("is not given to a line that a person types after a squash was thrown away", async () => {
    using session = await agentSession();
    const { repo } = session;
    session.type("a.ts", "mine\n");
    await session.commit();
    repo.run(["checkout", "-q", "-b", "side"]);
    await session.edit("a.ts", "mine\n", "mine\nagent's line 1\n");
    await session.commit();
    repo.run(["checkout", "-q", "main"]);
    repo.run(["merge", "-q", "--squash", "side"]);
    repo.run(["reset", "-q", "--hard"]);
    // The repositories of the tests have a clock of their own.
    utimesSync(join(repo.path, ".git", "ORIG_HEAD"), 0, 0);
    session.type("a.ts", "mine\nagent's line 1\n");
    repo.run([...bare, "commit", "-qam", "by hand", "--date=2020-01-01T00:00:00"]);
    await session.run(["commit-link"]);
    expect(await session.aiLines("a.ts")).toEqual([]);
  });

  test("is kept by a revert of a revert, a stash and a move to another file", async () => {
    using session = await agentSession();
    const { repo } = session;
    await session.write("a.ts", lines(1, 5));
    await session.commit();
    session.type("a.ts", "agent's line 1\n");
    await session.commit();
    repo.run([...bare, "revert", "--no-edit", "HEAD"]);
    await session.run(["commit-link"]);
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 3, 4, 5]);

    await session.write("s.ts", lines(1, 4, "stashed"));
    repo.run(["stash", "-q", "--include-untracked"]);
    session.type("other.ts", "mine\n");
    await session.commit();
    repo.run(["stash", "pop", "-q"]);
    await session.commit();
    expect(await session.aiLines("s.ts")).toEqual([1, 2, 3, 4]);

    session.type("a.ts", "agent's line 1\n");
    session.type("moved.ts", `mine\n${lines(2, 5)}`);
    await session.commit();
    expect(await session.aiLines("moved.ts")).toEqual([2, 3, 4, 5]);
  });

  test("is not given to a copy in another file", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 9));
    await session.commit();
    session.type("copy.ts", `mine\n${lines(1, 9)}`);
    await session.commit();
    expect(await session.aiLines("copy.ts")).toEqual([]);
  });

  test("of a merge is only what neither side had", async () => {
    using session = await agentSession();
    const { repo } = session;
    session.type("a.ts", "start\nmiddle\nend\n");
    await session.commit();
    repo.run(["checkout", "-q", "-b", "side"]);
    await session.edit("a.ts", "middle", "theirs");
    await session.commit();
    repo.run(["checkout", "-q", "main"]);
    session.type("a.ts", "start\nours\nend\n");
    await session.commit();
    expect(() => repo.run(["merge", "-q", "side"])).toThrow();
    const conflict = readFileSync(join(repo.path, "a.ts"), "utf8");
    await session.write("a.ts", "start\nours and theirs\nend\n");
    expect(conflict).toContain("<<<<<<<");
    await session.commit();
    const ledger = rows<Ledger>(session, "ledgers.jsonl").at(-1);
    expect(ledger?.files["a.ts"]?.line_attributions).toEqual([
      expect.objectContaining({ start_line: 2, end_line: 2 }),
    ]);
    expect(ledger?.derived_from?.kind).toBe("merge");
  });

  test("is not what a person types after a rebase is over, though the branch had it before", async () => {
    using session = await agentSession();
    const { repo } = session;
    session.type("a.ts", "base\n");
    await session.commit("base");
    repo.run(["checkout", "-q", "-b", "side"]);
    await session.write("b.ts", lines(1, 5));
    await session.commit("feature");
    repo.run(["checkout", "-q", "main"]);
    session.type("a.ts", "base\nmore\n");
    await session.commit("more");
    repo.run(["checkout", "-q", "side"]);
    repo.run([...bare, "rebase", "-q", "main"]);
    await session.run(["commit-link", "--catch-up"]);
    expect(await session.aiLines("b.ts")).toEqual([1, 2, 3, 4, 5]);
    rmSync(join(repo.path, "b.ts"));
    await session.commit("take it out");
    session.type("b.ts", "first\nagent's line 2\nlast\n");
    await session.commit("another one");
    expect(await session.aiLines("b.ts")).toEqual([]);
  });

  test("is not what a person types once a commit that was set back has been made again", async () => {
    using session = await agentSession();
    const { repo } = session;
    session.type("a.ts", "base\n");
    await session.commit("base");
    await session.write("b.ts", lines(1, 5));
    await session.commit("feature");
    repo.run(["reset", "-q", "--soft", "HEAD~1"]);
    await session.commit("feature again");
    expect(await session.aiLines("b.ts")).toEqual([1, 2, 3, 4, 5]);
    rmSync(join(repo.path, "b.ts"));
    await session.commit("take it out");
    session.type("b.ts", "first\nagent's line 2\nlast\n");
    await session.commit("another one");
    expect(await session.aiLines("b.ts")).toEqual([]);
  });

  test.each([
    ["left for another branch", ["checkout", "-q", "-b", "other", "HEAD~1"]],
    ["set back", ["reset", "-q", "--hard", "HEAD~1"]],
  ])(
    "of a commit that was %s is not what was made again, taken out and then typed",
    async (_, back) => {
      using session = await agentSession();
      const { repo } = session;
      session.type("a.ts", "base\n");
      await session.commit("base");
      await session.write("b.ts", lines(1, 9));
      await session.commit("feature");
      repo.run(back);
      await session.write("b.ts", `${lines(1, 9)}more\n`);
      await session.commit("in another way");
      rmSync(join(repo.path, "b.ts"));
      await session.commit("take it out");
      session.type("b.ts", `${lines(1, 2)}mine\n${lines(4, 5)}own\n${lines(7, 9)}`);
      await session.commit("from memory");
      expect(await session.aiLines("b.ts")).toEqual([]);
    },
  );

  test("of a branch is not what a person copied there from text that stood before it", async () => {
    using session = await agentSession();
    const { repo } = session;
    await session.write("a.ts", `top\n${lines(1, 3)}`);
    await session.commit("base");
    repo.run(["checkout", "-q", "-b", "side"]);
    session.type("a.ts", `top\n${lines(1, 3)}mine\n${lines(1, 3)}`);
    await session.commit("by hand");
    await session.edit("a.ts", "top\n", "top\nagent's new\n");
    await session.commit("more");
    repo.run(["checkout", "-q", "main"]);
    session.type("c.ts", "c\n");
    await session.commit("on main");
    repo.run(["merge", "-q", "--squash", "side"]);
    const squash = await session.commit("feature");
    const ledger = rows<Ledger>(session, "ledgers.jsonl").find(
      ({ commit_sha: sha }) => sha === squash,
    );
    const claimed = ledger?.files["a.ts"]?.line_attributions.map(({ start_line: line }) => line);
    expect(claimed).toEqual([2]);
  });

  test("is not kept by a re-spaced line that may be a person's copy of the agent's", async () => {
    using session = await agentSession();
    session.type("a.ts", "end = 2\n");
    await session.commit("base");
    await session.edit("a.ts", "end = 2\n", "agent = 1\nend = 2\nagent = 3\n");
    await session.commit("by the agent");
    session.type("a.ts", "agent = 1\nmine = 2\nagent = 1\nend = 2\nagent = 3\n");
    await session.commit("a copy above");
    session.type("a.ts", "agent  =  1\nmine = 2\nagent = 1\nend = 2\nagent  =  3\n");
    await session.commit("formatted");
    expect(await session.aiLines("a.ts")).toEqual([5]);
  });

  test("comes back by hash where a kill came between a trace and its pending file", async () => {
    using session = await agentSession();
    await session.write("a.ts", "mine\n");
    const projects = join(session.home, ".agent-trace", "projects");
    const pending = join(projects, readdirSync(projects)[0] ?? "", "pending");
    cpSync(pending, `${pending}.before`, { recursive: true });
    await session.edit("a.ts", "mine\n", `mine\n${lines(1, 4)}}\n${lines(5, 6)}`);
    rmSync(pending, { recursive: true });
    renameSync(`${pending}.before`, pending);
    session.type("a.ts", `mine\nagent's line 1 changed\n${lines(1, 4)}}\n${lines(5, 6)}`);
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("comes back by hash where a kill lost the pending file", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 5));
    const projects = join(session.home, ".agent-trace", "projects");
    for (const project of readdirSync(projects)) {
      rmSync(join(projects, project, "pending"), { recursive: true });
    }
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 3, 4, 5]);
    expect(rows<Ledger>(session, "ledgers.jsonl")[0]?.used_fallback).toBe(true);
  });
});
