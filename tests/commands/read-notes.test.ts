import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { type Outcome, cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment } from "../support/repository.ts";

const ref = "refs/notes/agent-trace";
const lines = "const first = 1;\nconst second = 2;\nconst third = 3;\n";

/** A teammate who has the repository and its notes, and nothing else. */
interface Teammate extends Disposable {
  readonly repo: string;
  run(...argv: string[]): Promise<Outcome>;
  git(...argv: string[]): string;
  /** Whose the lines of a file are, and how that is known. */
  claims(file: string): Promise<string[]>;
}

async function teammate({ repo }: AgentSession): Promise<Teammate> {
  const directory = temporaryDirectory();
  const path = join(directory.path, "clone");
  const environment = { ...gitTestEnvironment, HOME: directory.path };
  const git = (...argv: string[]): string => {
    const { stdout, stderr, exitCode } = Bun.spawnSync(["git", ...argv], {
      cwd: argv[0] === "clone" ? directory.path : path,
      env: environment as Record<string, string>,
    });
    if (exitCode !== 0) throw new Error(stderr.toString());
    return stdout.toString().trim();
  };
  git("clone", "--quiet", repo.path, path);
  git("fetch", "--quiet", "origin", `${ref}:${ref}`);
  const run = (...argv: string[]): Promise<Outcome> =>
    cli(argv, { home: directory.path, cwd: path, environment });
  await run("init", "--no-hooks");
  return {
    repo: path,
    run,
    git,
    async claims(file) {
      const { attributions } = JSON.parse((await run("blame", file, "--json")).stdout) as {
        attributions: { start_line: number; end_line: number; source: string; kind: string }[];
      };
      return attributions.map(
        ({ start_line, end_line, kind, source }) => `${start_line}-${end_line} ${kind} ${source}`,
      );
    },
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

/** Ada's agent wrote the first three lines of a file, and she the fourth. */
async function ada(): Promise<AgentSession> {
  const session = await agentSession();
  await session.write("a.ts", lines);
  session.type("a.ts", `${lines}person();\n`);
  await session.commit();
  return session;
}

describe("who has the repository and its notes alone", () => {
  test("sees in blame, context, report and check whose the lines are", async () => {
    using session = await ada();
    using bob = await teammate(session);
    expect(await bob.claims("a.ts")).toEqual(["1-3 AI note"]);
    expect((await bob.run("blame", "a.ts")).stdout).toMatch(
      /1-3\s+\[AI\]\s+anthropic\/claude-sonnet-4-5\s+claude-code\s+[0-9a-f]{7}\s+by its note\n3 of 4 lines AI/,
    );
    const report = JSON.parse((await bob.run("report", "--json")).stdout);
    expect(report.lines).toEqual({ added: 4, ai: 3, unattributed: 1 });
    expect(report.agents).toEqual([
      { agent: "claude-code", model: "anthropic/claude-sonnet-4-5", lines: 3 },
    ]);
    expect(report.coverage).toMatchObject({ commits: 1, later: 1, unknown: 0 });
    const check = await bob.run("check", "HEAD", "--require-attribution");
    expect(check.exitCode).toBe(1);
    expect(check.stdout + check.stderr).toMatch(/a\.ts:4\b/);
    expect((await bob.run("context", "a.ts")).stdout).toContain("claude-sonnet-4-5");
    // Control: without the notes nothing is known.
    bob.git("update-ref", "-d", ref);
    expect(await bob.claims("a.ts")).toEqual([]);
  });

  test("sees the summary that the note brings", async () => {
    using session = await ada();
    const note = JSON.parse(session.repo.run(["notes", `--ref=${ref}`, "show"]));
    const id = note.ledger.files["a.ts"].line_attributions[0].conversation_id;
    const told = JSON.stringify({ ...note, summary: { [id]: "Three constants" } });
    session.repo.run(["notes", `--ref=${ref}`, "add", "-f", "-m", told]);
    using bob = await teammate(session);
    const { segments } = JSON.parse((await bob.run("context", "a.ts", "--json")).stdout);
    expect(segments[0]).toMatchObject({ attribution: "ai", summary: "Three constants" });
  });

  test("links nothing of it: a note is its author's word and becomes no ledger of ours", async () => {
    using session = await ada();
    using bob = await teammate(session);
    expect((await bob.run("commit-link", "HEAD")).stdout).toContain("0 lines AI");
    expect((await bob.run("ledger", "show")).stdout).toContain("has no ledger");
    expect(await bob.claims("a.ts")).toEqual(["1-3 AI note"]);
  });

  test("is told by a ledger of this machine first, whatever the note says", async () => {
    using session = await ada();
    session.repo.run(["notes", `--ref=${ref}`, "remove"]);
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 3]);
    await session.run(["notes", "attach"]);
    const { attributions } = await session.json<{ attributions: { source: string }[] }>([
      "blame",
      "a.ts",
    ]);
    expect(attributions.map(({ source }) => source)).toEqual(["ledger"]);
  });
});

type Value = Record<string, unknown>;
const segment = (note: Value): Value =>
  (note as { ledger: { files: { "a.ts": { line_attributions: Value[] } } } }).ledger.files["a.ts"]
    .line_attributions[0] as Value;

/** What a stranger may put into a note, and what is left of its claims. */
const strange: readonly (readonly [string, (note: Value) => unknown, readonly string[]])[] = [
  ["nothing (control)", (note) => note, ["1-3 AI note"]],
  ["no JSON", () => "{", []],
  ["a list", (note) => [note], []],
  ["a depth of 100,000", () => `${"[".repeat(100_000)}${"]".repeat(100_000)}`, []],
  ["9 MiB", (note) => ({ ...note, more: "x".repeat(9 * 1024 * 1024) }), []],
  ["no ledger", (note) => ({ ...note, ledger: undefined }), []],
  ["a ledger that is none", (note) => ({ ...note, ledger: { files: [1, null] } }), []],
  ["a hash that is none", (note) => ({ ...note, ledger_hash: "sha256:short" }), []],
  [
    "lines that the file has not",
    (note) => {
      Object.assign(segment(note), { start_line: 2, end_line: 2 ** 40, evidence: [] });
      return note;
    },
    ["2-4 AI note"],
  ],
  [
    "lines before the first",
    (note) => (Object.assign(segment(note), { start_line: -9, end_line: 0 }), note),
    [],
  ],
  [
    "numbers that are none",
    (note) => (Object.assign(segment(note), { start_line: "1", end_line: 2 ** 60 }), note),
    [],
  ],
  ["a person's claim", (note) => (Object.assign(segment(note), { type: "human" }), note), []],
  [
    "a wrong hash of one line: those whose hash is right are left",
    (note) => {
      (segment(note)["evidence"] as Value[])[1] = { line: 2, hash: `sha256:${"0".repeat(64)}` };
      return note;
    },
    ["1-1 AI note", "3-3 AI note"],
  ],
  [
    "a wrong hash, and claims without any",
    (note) => {
      const evidence = [{ line: 2, hash: `sha256:${"0".repeat(64)}` }];
      Object.assign(segment(note), { end_line: 4, evidence });
      return note;
    },
    [],
  ],
  [
    "the path of another file",
    (note) => ({ ...note, ledger: { files: { "../../a.ts": { line_attributions: [] } } } }),
    [],
  ],
];

describe("a note that holds", () => {
  test.each(strange)("%s", async (_what, change, expected) => {
    using session = await ada();
    const note = JSON.parse(session.repo.run(["notes", `--ref=${ref}`, "show"]));
    const changed = change(note);
    const text = typeof changed === "string" ? changed : JSON.stringify(changed);
    session.repo.write("../note", text);
    session.repo.run(["notes", `--ref=${ref}`, "add", "-f", "-F", "../note"]);
    using bob = await teammate(session);
    expect(await bob.claims("a.ts")).toEqual([...expected]);
    expect((await bob.run("report", "--json")).exitCode).toBe(0);
  });

  test("another commit's claims", async () => {
    using session = await ada();
    session.type("b.ts", "a\nb\nc\n");
    session.repo.run(["mv", "a.ts", "old.ts"]);
    session.type("a.ts", "person 1\nperson 2\nperson 3\n");
    await session.commit();
    session.repo.run(["notes", `--ref=${ref}`, "copy", "-f", "HEAD~1", "HEAD"]);
    using bob = await teammate(session);
    expect(await bob.claims("a.ts")).toEqual([]);
  });

  test("marks for the terminal, and the name of a conversation that is a path", async () => {
    using session = await ada();
    const note = JSON.parse(session.repo.run(["notes", `--ref=${ref}`, "show"]));
    Object.assign(segment(note), {
      model_id: "m\u001b]0;title\u0007",
      tool: "t\u001b[2J",
      conversation_id: "../../../../etc/passwd",
    });
    session.repo.run(["notes", `--ref=${ref}`, "add", "-f", "-m", JSON.stringify(note)]);
    using bob = await teammate(session);
    for (const argv of [["blame", "a.ts"], ["context", "a.ts"], ["report"], ["notes", "show"]]) {
      const { stdout, stderr } = await bob.run(...argv);
      for (const mark of ["\u001b", "\u0007", "root:"]) expect(stdout + stderr).not.toContain(mark);
    }
    const { attributions } = JSON.parse((await bob.run("blame", "a.ts", "--json")).stdout);
    expect(attributions[0]).toMatchObject({ kind: "AI", conversation_id: null });
  });
});
