import { describe, expect, test } from "bun:test";
import { cpSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { findRepository } from "../../../src/git/find-repository.ts";
import { agentSession } from "../../support/agent-session.ts";

describe("edits that no commit has taken yet are found again", () => {
  test("after the repository was moved", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "one\n" });
    await session.edit("a.ts", "one\n", "one\nagent's\n");
    const moved = join(dirname(session.repo.path), "moved");
    renameSync(session.repo.path, moved);
    const { stdout } = await session.run(["blame", "a.ts"], { cwd: moved });
    renameSync(moved, session.repo.path);
    expect(stdout).toContain("1 of 2 lines AI");
  });

  test("after a linked work tree was moved, and not in another one that gets its name", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "one\n" });
    session.repo.run(["worktree", "add", "-q", "-b", "side", "../linked"]);
    const file_path = session.repo.write("../linked/a.ts", "one\nagent's\n");
    const tool_input = { file_path, old_string: "one", new_string: "one\nagent's" };
    await session.hook({ tool_name: "Edit", tool_input });
    session.repo.run(["worktree", "move", "../linked", "../other"]);
    const other = join(session.repo.path, "..", "other");
    const { stdout } = await session.run(["blame", "a.ts"], { cwd: other });
    expect(stdout).toContain("1 of 2 lines AI");
    session.repo.run(["worktree", "remove", "--force", "../other"]);
    session.repo.run(["worktree", "add", "-q", "../linked", "side"]);
    session.repo.write("../linked/a.ts", "one\nagent's\n");
    const linked = join(session.repo.path, "..", "linked");
    const typed = await session.run(["blame", "a.ts"], { cwd: linked });
    expect(typed.stdout).toContain("0 of 2 lines AI");
  });

  test("but not in a copy of the repository, in which a person types the same", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "one\n" });
    const copy = join(dirname(session.repo.path), "copy");
    cpSync(session.repo.path, copy, { recursive: true });
    await session.edit("a.ts", "one\n", "one\nagent's\n");
    await session.edit("a.ts", "one\n", "one\nagent's too\n");
    session.repo.write("../copy/a.ts", "one\nagent's\n");
    const { stdout } = await session.run(["blame", "a.ts"], { cwd: copy });
    expect(findRepository(copy)?.workTree).toBe(copy);
    expect(stdout).toContain("0 of 2 lines AI");
    expect(await session.aiLines("a.ts")).toEqual([2, 3]);
  });
});
