import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ShellSession, shellSession } from "../../support/shell-session.ts";

const person = "p1 = one()\np2 = old()\np3 = three()\np4 = four()\n";
const later = `${person}p5 = five()\nif p5:\n    return\n`;

/** A file of a person's in two commits, and a branch that has another one. */
async function scene(): Promise<ShellSession> {
  const session = await shellSession();
  session.repo.commit("first", { "p.py": person });
  session.repo.commit("second", { "p.py": later });
  session.sh("git checkout -qb theirs");
  session.repo.commit("theirs", { "sub/t.py": "theirs = 1\nmore = 2\n" });
  session.sh("git checkout -q main");
  await session.run(["commit-link", "--catch-up"]);
  return session;
}

function read(session: ShellSession, path: string): string {
  return readFileSync(join(session.repo.path, path), "utf8");
}

describe("a command did not write", () => {
  test.each([
    ["an earlier text under another name", "git show HEAD~1:p.py > other.py"],
    ["one that it indents on the way", "git show theirs:sub/t.py | sed 's/^/    /' > other.py"],
    ["one that it adds to a file", "git show theirs:sub/t.py >> p.py; cp p.py other.py"],
    [
      "one that it names by its object",
      "git cat-file -p $(git rev-parse theirs:sub/t.py) > other.py",
    ],
    [
      "one that it checks out and moves",
      "git checkout -q theirs -- sub/t.py; git mv sub/t.py other.py",
    ],
    [
      "one that it takes by way of another directory",
      "mkdir ../w; git show theirs:sub/t.py > ../w/t.py; cp ../w/t.py other.py; rm -r ../w",
    ],
    [
      "one that it copies from another work tree",
      "git worktree add -q ../w theirs; cp ../w/sub/t.py other.py; git worktree remove ../w",
    ],
    [
      "one that it asks for by names that are none",
      "git log HEAD@{99}; git diff @{u}; git show theirs:sub/t.py > other.py",
    ],
    [
      "one out of an archive",
      "mkdir o; git archive theirs sub | tar xm -C o; cp o/sub/t.py other.py",
    ],
    ["a change that it takes back", "git diff HEAD~1 | git apply -R; cp p.py other.py"],
  ])("text of a commit: %s", async (name, command) => {
    using session = await scene();
    const sha = session.repo.run(["rev-parse", "theirs:sub/t.py"]);
    const said = name.includes("object") ? command.replace(/\$\(.*\)/, sha) : command;
    await session.bash(`${said}; echo 'own = 1' >> other.py`);
    const lines = read(session, "other.py").split("\n").length - 1;
    await session.commit();
    expect(await session.aiLines("other.py")).toEqual([lines]);
    expect(await session.aiLines("p.py")).toEqual([]);
  });

  test("what a person had not committed and an earlier command took away", async () => {
    using session = await scene();
    session.type("typed.py", "mine = 1\nif mine:\n    return\n");
    session.type("p.py", `${later}mine = 2\n`);
    await session.bash("mv typed.py ../kept.py; git diff > ../kept.patch; git checkout -q p.py");
    expect(read(session, "p.py")).toBe(later);
    await session.bash(
      "cp ../kept.py typed.py; git apply ../kept.patch; echo 'own = 1' >> typed.py",
    );
    await session.commit();
    expect(await session.aiLines("typed.py")).toEqual([4]);
    expect(await session.aiLines("p.py")).toEqual([]);
    session.sh("rm ../kept.py ../kept.patch");
  });

  test("what a person took out of a file, to the knowledge of an event, and typed again as the last commit has it", async () => {
    using session = await scene();
    const before = read(session, "p.py");
    const found = async (path: string): Promise<void> => {
      await session.hook({
        hook_event_name: "PreToolUse",
        tool_name: "Edit",
        tool_use_id: path,
        tool_input: { file_path: join(session.repo.path, path), old_string: "x", new_string: "y" },
      });
    };
    session.type("q.py", before);
    await session.commit();
    for (const path of ["p.py", "q.py"]) {
      session.type(path, before.replace("p3 = three()\n", ""));
      await found(path);
      session.type(path, before);
    }
    await session.bash("mv p.py moved.py");
    await session.bash("cp q.py copied.py");
    await session.bash("echo 'own = 1' >> copied.py");
    // Of a file that stays git does not say that it was renamed.
    session.sh("git show HEAD:p.py > p.py");
    await session.commit();
    expect(await session.aiLines("moved.py")).toEqual([]);
    expect(await session.aiLines("copied.py")).toEqual([before.split("\n").length]);
  });

  test("what comes from elsewhere as it was: copied, moved, unpacked", async () => {
    using session = await scene();
    session.sh(
      "mkdir ../away; cd ../away; printf 'a = 1\\n}\\n' > a.py; cp a.py b.py; cp a.py c.py",
    );
    session.sh("cd ../away; touch -d '2 hours ago' *.py; tar cf c.tar c.py");
    await session.bash(
      "cp ../away/a.py a.py; mv ../away/b.py b.py; tar xf ../away/c.tar; echo 'own = 1' >> a.py",
    );
    await session.bash("printf 'a = 1\\n}\\n' > d.py");
    await session.commit();
    expect(await session.aiLines("a.py")).toEqual([3]);
    expect(await session.aiLines("b.py")).toEqual([]);
    expect(await session.aiLines("c.py")).toEqual([]);
    expect(await session.aiLines("d.py")).toEqual([1, 2]);
    session.sh("rm -r ../away");
  });

  test.each([
    ["git apply", "git apply"],
    ["patch", "patch -s -p1 -i"],
  ])("a person's patch that it puts in by %s, but an agent's", async (_, command) => {
    using session = await scene();
    session.type("p.py", later.replace("old", "new"));
    session.sh("git diff > person.patch; git checkout -q p.py");
    const patch = read(session, "person.patch").replaceAll("p.py", "q.py").replace("new", "fresh");
    session.type("q.py", later);
    await session.write("agent.patch", patch);
    await session.bash(`${command} person.patch; ${command} agent.patch`);
    session.sh("rm *.patch");
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([]);
    expect(await session.aiLines("q.py")).toEqual([2]);
  });

  test.each([
    ["moves and indents a short file", "git mv p.py q.py; sed -i 's/^/  /' q.py"],
    [
      "sorts and restyles one",
      "sort -r p.py | sed 's/ = /=/; s/$/;/' > q; mv q q.py; git rm -qf p.py",
    ],
    ["adds one to another", "printf 'x = 1\\n' > q.py; cat p.py >> q.py; sed -i 1d q.py"],
  ])("text that it %s", async (_, command) => {
    using session = await scene();
    await session.bash(command);
    await session.commit();
    expect(await session.aiLines("q.py")).toEqual([]);
  });
});

test.each([
  ["a pick that conflicts", "git cherry-pick theirs"],
  ["a pick without a commit", "git cherry-pick -n added"],
  ["a merge that is not committed", "git merge -q --squash added"],
  ["a rebase", "git checkout -q added; git rebase main"],
  ["a stash", "git stash pop"],
  ["a revert that conflicts", "git revert --no-edit $(git rev-parse changed)"],
])("what git brings into a renamed file is not the command's: by %s", async (_, command) => {
  using session = await shellSession();
  const old = "p1 = one()\np2 = old()\np3 = three()\np4 = four()\np5 = five()\np6 = six()\n";
  const changed = old.replace("old", "changed");
  session.repo.commit("first", { "p.py": old });
  session.sh("git checkout -qb theirs");
  session.repo.commit("theirs", { "p.py": old.replace("old()", "theirs()\nmore = 2") });
  session.sh("git checkout -qb added");
  session.repo.commit("added", { "p.py": `${read(session, "p.py")}p7 = seven()\n` });
  session.type("p.py", read(session, "p.py").replace("theirs", "stashed"));
  session.sh("git stash -q; git checkout -q main");
  session.repo.commit("changed", { "p.py": changed });
  session.sh("git tag changed; git mv p.py q.py");
  session.repo.commit("moved", { "q.py": changed.replace("changed", "again") });
  await session.run(["commit-link", "--catch-up"]);
  const call = { id: "call" };
  await session.before(command, call);
  session.sh(command);
  // As git's hook does, which a squash calls before the command has ended.
  if (command.includes("squash")) await session.run(["commit-link", "--catch-up"]);
  session.sh("echo 'own = 1' >> q.py");
  await session.after(command, call);
  const lines = read(session, "q.py").split("\n");
  expect(lines.join("\n")).not.toBe(`${changed.replace("changed", "again")}own = 1\n`);
  const claimed = (await session.aiLines("q.py")).map((line) => lines[line - 1] ?? "");
  expect(claimed.filter((line) => !/^[<=>]{7}/.test(line))).toEqual(["own = 1"]);
});

test("what an agent wrote is still its own when its commands take it away and bring it back", async () => {
  using session = await scene();
  await session.write("a.py", "alpha = load(1)\nbeta = load(2)\ngamma = load(3)\n");
  await session.bash("git add -A; git stash -q");
  await session.bash("git stash pop -q");
  await session.bash("mv a.py ../a.py");
  await session.bash("mv ../a.py a.py");
  await session.commit();
  expect(await session.aiLines("a.py")).toEqual([1, 2, 3]);
});
