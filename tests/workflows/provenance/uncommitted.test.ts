import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../../support/agent-session.ts";

const person = "p1\np2\np3\np4\n";

describe("text that was left and comes back keeps its author", () => {
  test.each([
    ["a stash popped behind another commit of the file", ["stash", "-q"], ["stash", "pop", "-q"]],
    ["a branch checked out again", ["checkout", "-q", "other"], ["checkout", "-q", "main"]],
  ])("%s", async (name, leave, back) => {
    using session = await agentSession();
    session.repo.commit("first", { "a.py": person });
    session.repo.run(["branch", "other"]);
    await session.edit("a.py", "p2\n", "p2\nagent = 1\n");
    if (leave[0] === "checkout") session.repo.run(["commit", "-qam", "agent's"]);
    session.repo.run(leave);
    if (leave[0] === "stash") {
      session.type("a.py", `${person}end\n`);
      await session.commit();
    }
    await session.edit("a.py", "p1\n", "p1\nsecond = 2\n");
    await session.commit();
    session.repo.run(back);
    await session.commit();
    expect([name, await session.aiLines("a.py")]).toEqual([
      name,
      back[0] === "stash" ? [2, 4] : [3],
    ]);
  });

  test("but what a person types in its place does not, nor a part of it, nor a common line", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.py": person });
    await session.edit("a.py", "p2\n", "p2\nopen(a)\nread(a)\nclose(a)\n");
    await session.edit("a.py", "p4\n", "p4\n}\n");
    session.type("a.py", person);
    await session.edit("a.py", "p1\n", "p1\nagain = 1\n");
    session.type("a.py", "p1\nagain = 1\np2\nopen(a)\nwrite(a)\nclose(a)\np3\np4\n}\n");
    await session.commit();
    expect(await session.aiLines("a.py")).toEqual([2]);
  });
});

test("what did not come back within 30 days is forgotten, where the file is as committed", async () => {
  using session = await agentSession();
  session.repo.commit("first", { "a.py": person, "b.py": person });
  await session.run(["commit-link"]);
  for (const path of ["a.py", "b.py"]) await session.edit(path, "p2\n", "p2\nagent = 1\n");
  session.type("a.py", person);
  const projects = join(session.home, ".agent-trace", "projects");
  const pending = join(projects, readdirSync(projects)[0] ?? "", "pending");
  const records = (): string[] =>
    readdirSync(pending, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(pending, name));
  expect(records()).toHaveLength(2);
  const old = Date.now() / 1000 - 31 * 24 * 60 * 60;
  for (const file of records()) utimesSync(file, old, old);
  session.repo.run(["commit", "-q", "--allow-empty", "-m", "another"]);
  await session.run(["commit-link"]);
  expect(records()).toHaveLength(1);
  expect(await session.aiLines("b.py")).toEqual([3]);
});

describe("nothing is kept of a file that no commit will take", () => {
  const files = (home: string): string[] =>
    readdirSync(join(home, ".agent-trace"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));

  test("because git passes it over, because it is a dependency's, or git-lfs'", async () => {
    using session = await agentSession();
    session.repo.commit("first", { ".gitignore": ".env\n" });
    await session.write(".env", "KEY=sk-secret\n");
    await session.write("node_modules/m/index.js", "sk-secret\n");
    await session.write("big.bin", "version https://git-lfs.github.com/spec/v1\noid sk-secret\n");
    expect(files(session.home).filter((text) => text.includes("sk-secret"))).toEqual([]);
    const projects = join(session.home, ".agent-trace", "projects");
    const traces = readdirSync(projects).map((name) => join(projects, name, "traces.jsonl"));
    expect(traces.filter((file) => existsSync(file))).toEqual([]);
    await session.write("a.py", "a = 1\n");
    await session.commit();
    expect(await session.aiLines("a.py")).toEqual([1]);
  });
});

test("a write that is told before the file is there is recorded with its text", async () => {
  using session = await agentSession();
  const file_path = join(session.repo.path, "a.py");
  const tool_input = { file_path, content: "one = 1\ntwo = 2\n" };
  await session.hook({ tool_name: "Write", tool_input, tool_response: { type: "create" } });
  session.type("a.py", "one = 1\ntwo = 2\nmine = 3\n");
  await session.commit();
  expect(await session.aiLines("a.py")).toEqual([1, 2]);
});

test("doctor tells of commits that were made past git's hooks", async () => {
  using session = await agentSession();
  session.repo.commit("first", { "a.py": person });
  await session.run(["commit-link"]);
  await session.edit("a.py", "p1\n", "p1\nagent = 1\n");
  session.repo.run(["-c", "core.hooksPath=/nonexistent", "commit", "-qam", "past the hook"]);
  expect(await session.aiLines("a.py")).toEqual([2]);
  const { stdout } = await session.run(["doctor", "--offline"]);
  expect(stdout).toContain("1 commit made past git's hooks");
});
