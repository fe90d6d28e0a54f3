import { expect, test } from "bun:test";
import { agentSession } from "../support/agent-session.ts";

interface Report {
  readonly lines: object;
  readonly coverage: object;
  readonly files: readonly { path: string; added: number; ai: number }[];
  readonly commits: readonly { sha: string; added: number; ai: number; recorded: string }[];
  readonly agents: readonly object[];
  readonly apart: Readonly<Record<string, { files: number }>>;
}

const lines = (count: number, word: string) =>
  Array.from({ length: count }, (_, at) => `${word} number ${at}\n`).join("");

test("a report counts what each commit of a range added, renames, merges and odd files too", async () => {
  using session = await agentSession();
  const { repo } = session;
  session.type("base.txt", lines(3, "base"));
  const base = await session.commit("base");
  await session.write("src/a.ts", lines(10, "agent"));
  session.type("notes \u00e4\t|.md", lines(4, "person"));
  const first = await session.commit("first");
  repo.run(["checkout", "-q", "-b", "side"]);
  repo.run(["mv", "src/a.ts", "src/b.ts"]);
  await session.edit("src/b.ts", "agent number 4\n", "agent number 4\nanother line of the agent\n");
  const side = await session.commit("side");
  repo.run(["checkout", "-q", "main"]);
  session.type(".gitattributes", "gen.ts linguist-generated\nlib/** linguist-vendored=true\n");
  session.type("gen.ts", lines(50, "generated"));
  session.type("lib/x.js", lines(60, "vendored"));
  session.repo.write("logo.png", new Uint8Array([137, 80, 0, 1, 2]));
  const odd = await session.commit("odd");
  repo.run(["merge", "-q", "--no-edit", "side"]);
  const merge = repo.run(["rev-parse", "HEAD"]);
  const report = await session.json<Report>(["report", `${base}..HEAD`]);
  expect(report.lines).toEqual({ added: 17, ai: 11, unattributed: 6 });
  // The clock of the test repository stands still, so every commit was linked long after it was made.
  expect(report.coverage).toEqual({ commits: 4, hooks: 0, later: 2, unknown: 2, known_lines: 15 });
  expect(report.agents).toEqual([
    { agent: "claude-code", model: "anthropic/claude-sonnet-4-5", lines: 11 },
  ]);
  const byCommit = new Map(report.commits.map(({ sha, added, ai }) => [sha, [added, ai]]));
  expect(Object.fromEntries(byCommit)).toEqual({
    [first]: [14, 10],
    [side]: [1, 1],
    [odd]: [2, 0],
    [merge]: [0, 0],
  });
  expect(report.files.map(({ path, added, ai }) => [path, added, ai])).toEqual([
    ["src/a.ts", 10, 10],
    ["notes \u00e4\t|.md", 4, 0],
    [".gitattributes", 2, 0],
    ["src/b.ts", 1, 1],
  ]);
  expect(Object.values(report.apart).map(({ files }) => files)).toEqual([1, 1, 1]);
});

test("lines that a merge alone brought count once, whatever they begin with", async () => {
  using session = await agentSession();
  const { repo } = session;
  session.type("a.txt", "one\ntwo\nthree\n");
  await session.commit("base");
  repo.run(["checkout", "-q", "-b", "side"]);
  session.type("a.txt", "one\nside\nthree\n");
  await session.commit("side");
  repo.run(["checkout", "-q", "main"]);
  session.type("a.txt", "one\nmain\nthree\n");
  await session.commit("main");
  Bun.spawnSync(["git", "merge", "-q", "side"], { cwd: repo.path });
  session.type("a.txt", "one\nside\n++ b/evil\ndiff --combined x\nthree\n");
  repo.run(["add", "--all"]);
  repo.run(["commit", "-q", "-m", "merge"]);
  const { commits } = await session.json<Report>(["report", "HEAD"]);
  expect(commits.map(({ added }) => added)).toEqual([2]);
});

test("one commit is itself alone, and a range needs commits that are there", async () => {
  using session = await agentSession();
  session.type("a.txt", "one\n");
  await session.commit();
  session.type("a.txt", "one\ntwo\n");
  await session.commit();
  expect((await session.json<Report>(["report", "HEAD"])).lines).toMatchObject({ added: 1 });
  expect((await session.json<Report>(["report"])).lines).toMatchObject({ added: 2 });
  expect((await session.json<Report>(["report", "HEAD~1.."])).lines).toMatchObject({ added: 1 });
  const wrong = await session.run(["report", "--", "--output=/tmp/x..HEAD"]);
  expect([wrong.exitCode, wrong.stderr]).toEqual([
    1,
    "error: there is no commit `--output=/tmp/x` here\nhint: name a commit of this repository, as `git log` shows them\n",
  ]);
});

test("what a person reads, and what a spreadsheet and a pull request take", async () => {
  using session = await agentSession();
  await session.write("src/a.ts", lines(3, "agent"));
  session.type("b.txt", "one\n");
  await session.commit();
  expect((await session.run(["report", "--by", "directory"])).stdout).toMatchInlineSnapshot(`
    "4 lines added by 1 commit
      AI            3  75.0 %
      unattributed  1  25.0 %

      claude-code  anthropic/claude-sonnet-4-5  3  75.0 %

           added  AI                recorded
      src      3   3  100.0 %  1 of 1 commit
      .        1   0    0.0 %  1 of 1 commit

    coverage: 1 of 1 commit recorded (0 by hooks, 1 linked later)
    "
  `);
  expect((await session.run(["report", "--csv"])).stdout).toMatchInlineSnapshot(`
    "file,commits,added,ai,unattributed
    src/a.ts,1,3,3,0
    b.txt,1,1,0,1
    "
  `);
  expect((await session.run(["report", "--md"])).stdout).toMatchInlineSnapshot(`
    "**75.0 % AI** · 3 of 4 added lines, 1 unattributed

    1 of 1 commit recorded (0 by hooks, 1 linked later)

    | Agent | Model | Lines | Share |
    |---|---|--:|--:|
    | claude-code | anthropic/claude-sonnet-4-5 | 3 | 75.0 % |

    "
  `);
});

test("before the first commit a report is empty", async () => {
  using session = await agentSession();
  expect((await session.json<Report>(["report"])).coverage).toMatchObject({ commits: 0 });
});
