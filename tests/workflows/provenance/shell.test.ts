import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type ShellSession, shellSession } from "../../support/shell-session.ts";

const person = "p1 = one()\np2 = old()\np3 = three()\np4 = four()\n";

async function scene(): Promise<ShellSession> {
  const session = await shellSession();
  session.repo.commit("first", { "p.py": person });
  await session.run(["commit-link"]);
  return session;
}

describe("a command of an agent wrote", () => {
  test("the lines that it changed and the files that it made, and what stood there uncommitted stays a person's", async () => {
    using session = await scene();
    session.type("p.py", `${person}typed = 1\n`);
    session.type("untracked.py", "mine = 1\n");
    await session.bash("sed -i s/old/new/ p.py; mkdir -p d/e; echo 'deep = 1' > d/e/n.py");
    session.type("p.py", `${readFileSync(join(session.repo.path, "p.py"), "utf8")}after = 1\n`);
    expect(await session.aiLines("p.py")).toEqual([2]);
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([2]);
    expect(await session.aiLines("d/e/n.py")).toEqual([1]);
    expect(await session.aiLines("untracked.py")).toEqual([]);
  });

  test("what it changed before it failed", async () => {
    using session = await scene();
    await session.bash("echo 'x = 1' >> p.py; exit 3", { fails: true });
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([5]);
  });

  test("what it commits itself, with and without a hook that sees the commit", async () => {
    using session = await scene();
    const call = { id: "t" };
    await session.before("git commit", call);
    session.sh("echo 'w = 1' > w.py; sed -i s/old/new/ p.py; git add -A; git commit -qm w");
    await session.run(["commit-link"]);
    session.sh("echo 'later = 1' > later.py");
    await session.after("git commit", call);
    await session.bash("echo 'v = 1' > v.py; git add v.py; git commit -qm v");
    await session.commit();
    for (const path of ["w.py", "later.py", "v.py"]) {
      expect([path, await session.aiLines(path)]).toEqual([path, [1]]);
    }
    expect(await session.aiLines("p.py")).toEqual([2]);
  });

  test("and each of two that overlap, whichever ends first", async () => {
    using session = await scene();
    const [one, two] = ["one", "two"].map((id) => ({ id, more: { agent_id: id } }));
    if (one === undefined || two === undefined) throw new Error();
    await session.before("sed", one);
    await session.before("echo", two);
    session.sh("echo 'two = 1' >> p.py");
    await session.after("echo", two);
    session.sh("sed -i s/old/new/ p.py");
    await session.after("sed", one);
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([2, 5]);
  });
});

describe("a command that goes on in the background", () => {
  const background = { more: {}, response: { backgroundTaskId: "b1" } };

  test.each([
    ["the next command", (s: ShellSession) => s.bash("true")],
    ["the end of the turn", (s: ShellSession) => s.hook({ hook_event_name: "Stop" })],
    ["the end of the session", (s: ShellSession) => s.hook({ hook_event_name: "SessionEnd" })],
    ["the commit", async () => {}],
  ])("is seen at %s", async (_, next) => {
    using session = await scene();
    await session.bash(": goes on in the background", background);
    session.sh("echo 'bg = 1' > bg.py");
    await next(session);
    await session.commit();
    expect(await session.aiLines("bg.py")).toEqual([1]);
  });

  test("claims nothing that a person types once it has ended, or after the turn", async () => {
    using session = await scene();
    await session.bash(": goes on in the background", background);
    await session.hook({ hook_event_name: "UserPromptSubmit", prompt: "go on" });
    session.type("typed.py", "mine = 1\n");
    await session.bash("true");
    await session.bash(": goes on in the background", background);
    await session.hook({
      hook_event_name: "Stop",
      background_tasks: [{ id: "b1", type: "shell" }],
    });
    session.type("more.py", "mine = 1\n");
    await session.hook({ hook_event_name: "SessionEnd" });
    await session.commit();
    expect(await session.aiLines("typed.py")).toEqual([]);
    expect(await session.aiLines("more.py")).toEqual([]);
  });
});

test("a server that goes on beyond its turn claims nothing that a person types in a later one", async () => {
  using session = await scene();
  const running = { background_tasks: [{ id: "b1", type: "shell" }] };
  const command = "sleep 3600";
  const call = { id: "serve", response: { backgroundTaskId: "b1" } };
  await session.before(command, call);
  const server = Bun.spawn(command.split(" "));
  await session.after(command, call);
  session.sh("echo 'made = 1' > made.py");
  await session.hook({ hook_event_name: "Stop", ...running });
  for (const file of ["first.py", "second.py"]) {
    await session.hook({ hook_event_name: "UserPromptSubmit", prompt: "go on" });
    session.type(file, "mine = 1\n");
    await session.bash("true");
    session.type(file, "mine = 1\nalso_mine = 2\n");
    await session.hook({ hook_event_name: "Stop", ...running });
  }
  await session.commit();
  server.kill();
  expect(await session.aiLines("made.py")).toEqual([1]);
  for (const file of ["first.py", "second.py"]) expect(await session.aiLines(file)).toEqual([]);
});

describe("text that a command only moved keeps its author", () => {
  const agents = "alpha = load(1)\nbeta = load(2)\ngamma = load(3)\n";

  test.each([
    ["mv", "mv a.py b.py; mv p.py q.py"],
    ["mv of directories", "mkdir d; mv a.py p.py d; mv d/a.py b.py; mv d e; mv e/p.py q.py"],
    ["cp", "cp a.py b.py; cp p.py q.py"],
    ["git mv", "git add -A; git mv a.py b.py; git mv p.py q.py"],
    ["cat", "cat a.py > b.py; cat p.py > q.py"],
  ])("by %s", async (_, command) => {
    using session = await scene();
    await session.write("a.py", agents);
    await session.bash(command);
    await session.commit();
    expect(await session.aiLines("b.py")).toEqual([1, 2, 3]);
    expect(await session.aiLines("q.py")).toEqual([]);
  });

  test("from a file that a commit has, and beside what the command added", async () => {
    using session = await scene();
    await session.write("a.py", agents);
    session.type("a.py", `${agents}mine = 1\n`);
    await session.commit();
    await session.bash(
      "mkdir sub; cp a.py sub/b.py; echo 'more = 1' >> sub/b.py; cat p.py >> sub/b.py",
    );
    await session.commit();
    expect(await session.aiLines("sub/b.py")).toEqual([1, 2, 3, 5]);
  });

  test("by sorting, of uncommitted and of committed text", async () => {
    using session = await scene();
    const agents = "import delta\nimport gamma\nimport epsilon\n";
    await session.bash(`printf '${agents.replaceAll("\n", "\\n")}' > s.py`);
    session.type("s.py", `${agents}import other_b\nimport other_a\n`);
    await session.bash("sort -o s.py s.py; sort -r -o p.py p.py");
    await session.commit();
    expect(await session.aiLines("s.py")).toEqual([1, 2, 3]);
    expect(await session.aiLines("p.py")).toEqual([]);
    await session.bash("sort -r -o s.py s.py; sort -o p.py p.py");
    await session.commit();
    expect(await session.aiLines("s.py")).toEqual([3, 4, 5]);
    expect(await session.aiLines("p.py")).toEqual([]);
  });

  test("by a formatter, of uncommitted and of committed text", async () => {
    using session = await scene();
    await session.write("a.py", agents);
    await session.commit();
    await session.write("c.py", agents);
    await session.bash("sed -i 's/^/    /' a.py c.py p.py");
    await session.commit();
    expect(await session.aiLines("a.py")).toEqual([1, 2, 3]);
    expect(await session.aiLines("c.py")).toEqual([1, 2, 3]);
    expect(await session.aiLines("p.py")).toEqual([]);
  });
});

describe("not an agent's", () => {
  test.each([
    ["merges", "git merge -q --no-edit theirs"],
    ["checks out", "git checkout -q theirs; git checkout -q main; git checkout theirs -- t.py"],
    ["restores", "git restore --source=theirs t.py p.py"],
    ["picks without a commit", "git cherry-pick -n theirs"],
    ["merges without a commit", "git merge -q --no-commit --no-ff theirs"],
    ["shows into a file", "git show theirs:t.py > t.py"],
    ["resets", "git reset -q --hard theirs"],
    ["rebases", "git rebase -q theirs"],
    ["pops a stash", "git stash pop -q"],
    [
      "reverts a revert",
      "git merge -q theirs; git revert --no-edit HEAD; git revert --no-edit HEAD",
    ],
  ])("is what git itself %s within a command", async (_, command) => {
    using session = await scene();
    session.sh("git checkout -qb theirs");
    session.repo.commit("theirs", { "t.py": "theirs = 1\nmore = 2\n", "p.py": `${person}z = 1\n` });
    session.sh("git checkout -q main");
    session.type("s.py", "stashed = 1\n");
    session.sh("git add s.py; git stash -q");
    await session.run(["commit-link", "--catch-up"]);
    await session.bash(command);
    session.sh("git add -A; git commit -qm all");
    await session.run(["commit-link"]);
    for (const path of ["t.py", "p.py", "s.py"]) {
      const lines = existsSync(join(session.repo.path, path)) ? await session.aiLines(path) : [];
      expect([path, lines]).toEqual([path, []]);
    }
  });

  test("is what it shows of an earlier commit and writes back", async () => {
    using session = await scene();
    session.sh("git rm -q p.py; git commit -qm gone");
    await session.bash("git show HEAD~1:p.py > p.py; echo 'own = 5' >> p.py");
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([5]);
  });

  test("is what a person does by hand between two commands", async () => {
    using session = await scene();
    await session.bash("true");
    session.sh("sed -i s/old/new/ p.py; echo 'hand = 1' > hand.py; cp p.py copy.py");
    await session.bash("true");
    session.sh("git add -A; git commit -qm hand; echo 'more = 1' >> hand.py");
    await session.run(["commit-link"]);
    await session.bash("true");
    await session.commit();
    for (const path of ["p.py", "hand.py", "copy.py"]) {
      expect([path, await session.aiLines(path)]).toEqual([path, []]);
    }
  });

  test("is what a person moves and adds to before a command begins, but for the agent's lines in it", async () => {
    using session = await scene();
    await session.write("mine.py", "agent = 1\nagent = 2\nagent = 3\n");
    await session.bash("true");
    session.sh("mkdir sub; mv mine.py sub/other.py; echo 'hand = 1' >> sub/other.py");
    await session.bash("true");
    session.sh("echo 'hand = 2' >> sub/other.py");
    await session.bash("true");
    await session.commit();
    expect(await session.aiLines("sub/other.py")).toEqual([1, 2, 3]);
  });

  test("is a file that a person removes, and types anew under another name", async () => {
    using session = await scene();
    await session.write("mine.py", "agent = 1\nagent = 2\nagent = 3\n");
    await session.bash("true");
    session.sh("rm mine.py");
    await session.bash("true");
    session.sh("printf 'agent = 1\\nagent = 2\\nagent = 3\\n' > typed.py");
    await session.bash("true");
    await session.commit();
    expect(await session.aiLines("typed.py")).toEqual([]);
  });

  test("is what a person types after breaking a command off", async () => {
    using session = await scene();
    await session.before("make", { id: "broken" });
    session.type("typed.py", "mine = 1\n");
    await session.hook({ hook_event_name: "UserPromptSubmit", prompt: "do something else" });
    session.type("more.py", "mine = 1\n");
    await session.bash("true");
    await session.commit();
    expect(await session.aiLines("typed.py")).toEqual([]);
    expect(await session.aiLines("more.py")).toEqual([]);
  });

  test("is a change of which no event before was seen", async () => {
    using session = await scene();
    await session.bash("true");
    session.sh("sed -i s/old/new/ p.py");
    await session.after("sed", { id: "never begun" });
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([]);
  });
});

test("nothing is kept of files that git passes over, nor of node_modules", async () => {
  using session = await scene();
  session.repo.commit("ignore", { ".gitignore": ".env\n" });
  await session.bash(
    "mkdir -p d node_modules/m; echo secret-1 > .env; echo secret-2 > d/.env; echo secret-3 > node_modules/m/i.js",
  );
  const kept = readdirSync(join(session.home, ".agent-trace"), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .filter((text) => /secret-[0-9]/.test(text));
  expect(kept).toEqual([]);
});
