import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment } from "../support/repository.ts";

const ref = "refs/notes/agent-trace";

/** The commits that have a note, in any order. */
function noted({ repo }: AgentSession): string[] {
  if (repo.run(["for-each-ref", ref]) === "") return [];
  const list = repo.run(["notes", `--ref=${ref}`, "list"]);
  return list === "" ? [] : list.split("\n").map((line) => line.split(" ")[1] ?? "");
}

function noteOf({ repo }: AgentSession, commit = "HEAD") {
  return JSON.parse(repo.run(["notes", `--ref=${ref}`, "show", commit]));
}

describe("a commit with an agent's lines", () => {
  test("gets a note that git reads, and nothing else of the repository changes", async () => {
    using session = await agentSession();
    session.repo.commit("start", { "README.md": "hello\n" });
    const settings = readFileSync(join(session.repo.path, ".git/config"), "utf8");
    await session.write("a.ts", "const one = 1;\nconst two = 2;\n");
    const commit = await session.commit();
    const note = noteOf(session);
    const { trace_ids, ledger_hash } = note;
    expect(trace_ids).toHaveLength(1);
    expect(ledger_hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    const [segment] = note.ledger.files["a.ts"].line_attributions;
    expect(note).toEqual({
      version: "2.0",
      trace_ids,
      ledger_hash,
      stats: { ai_lines: 2 },
      ledger: { files: { "a.ts": { line_attributions: [segment] } } },
    });
    expect(segment).toMatchObject({
      start_line: 1,
      end_line: 2,
      type: "ai",
      trace_id: trace_ids[0],
      model_id: "anthropic/claude-sonnet-4-5",
      tool: "claude-code",
    });
    expect(segment.evidence).toHaveLength(2);
    expect(noted(session)).toEqual([commit]);
    expect(readFileSync(join(session.repo.path, ".git/config"), "utf8")).toBe(settings);
    expect(session.repo.run(["for-each-ref", "--format=%(refname)"]).split("\n")).toEqual([
      "refs/heads/main",
      ref,
    ]);
    expect(session.repo.run(["fsck", "--strict"])).toBe("");
    expect(session.repo.run(["count-objects", "-v"])).toContain("packs: 0");
  });

  test("gets none where it holds no line of an agent, or where notes are off", async () => {
    using session = await agentSession();
    session.type("a.ts", "a person's\n");
    await session.commit();
    expect(noted(session)).toEqual([]);
    await session.run(["config", "set", "notes.enabled", "off"]);
    await session.write("b.ts", "an agent's\n");
    await session.commit();
    expect(noted(session)).toEqual([]);
    // Control: the same with notes on.
    await session.run(["config", "set", "notes.enabled", "on"]);
    await session.write("c.ts", "an agent's\n");
    expect(await session.commit()).toBe(noted(session)[0] ?? "");
  });

  test("leaves its note as it is when it is linked again, and an amended one gets its own", async () => {
    using session = await agentSession();
    await session.write("a.ts", "const one = 1;\n");
    await session.commit();
    const tip = session.repo.run(["rev-parse", ref]);
    await session.run(["commit-link"]);
    expect(session.repo.run(["rev-parse", ref])).toBe(tip);
    const before = session.repo.run(["rev-parse", "HEAD"]);
    session.repo.run(["commit", "--quiet", "--amend", "-m", "other words"]);
    const after = session.repo.run(["rev-parse", "HEAD"]);
    await session.run(["rewrite-ledger"], { stdin: `${before} ${after}\n` });
    expect(noteOf(session, after).stats).toEqual({ ai_lines: 1 });
  });

  test("keeps what another program wrote, and says so once", async () => {
    using session = await agentSession();
    await session.write("a.ts", "const one = 1;\n");
    await session.write("b.ts", "const two = 2;\n");
    session.repo.run(["add", "--all"]);
    session.repo.run(["commit", "--quiet", "-m", "work"]);
    session.repo.run(["notes", `--ref=${ref}`, "add", "-m", "deployed on Monday"]);
    await session.run(["commit-link"]);
    expect(session.repo.run(["notes", `--ref=${ref}`, "show"])).toBe("deployed on Monday");
    const { stdout, stderr, exitCode } = await session.run(["notes", "attach"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "0 notes written\n", exitCode: 0 });
    expect(stderr.match(/another program's/g)).toHaveLength(1);
    expect(await session.run(["notes", "strip", "--ledger"])).toMatchObject({ exitCode: 2 });
    expect((await session.run(["notes", "show"])).stdout).toBe("deployed on Monday\n");
  });

  test("of somebody else gets a note by `notes rebuild` alone", async () => {
    using session = await agentSession();
    await session.write("a.ts", "const one = 1;\n");
    await session.commit();
    using directory = temporaryDirectory();
    const other = join(directory.path, "clone");
    session.repo.run(["clone", "--quiet", session.repo.path, other]);
    session.repo.run(["checkout", "--quiet", "-b", "theirs"], { cwd: "." });
    const run = (...argv: string[]): string => {
      const { stdout, exitCode, stderr } = Bun.spawnSync(["git", "-C", other, ...argv], {
        env: { ...gitTestEnvironment, GIT_COMMITTER_EMAIL: "other@example.com" } as Record<
          string,
          string
        >,
      });
      if (exitCode !== 0) throw new Error(stderr.toString());
      return stdout.toString().trim();
    };
    // The teammate commits what the agent here wrote, and it comes back by a fetch.
    await session.write("b.ts", "const written = here;\nconst telling = line;\nconst third = 3;\n");
    writeFileSync(
      join(other, "b.ts"),
      "const written = here;\nconst telling = line;\nconst third = 3;\n",
    );
    run("add", "--all");
    run("commit", "--quiet", "-m", "theirs");
    session.repo.run(["stash", "--quiet", "--include-untracked"]);
    session.repo.run(["fetch", "--quiet", other, "main"]);
    session.repo.run(["merge", "--quiet", "--ff-only", "FETCH_HEAD"]);
    const fetched = session.repo.run(["rev-parse", "HEAD"]);
    await session.run(["commit-link", fetched]);
    expect((await session.run(["ledger", "show", fetched])).stdout).toContain("b.ts:1-3");
    expect(noted(session)).not.toContain(fetched);
    expect(await session.json("notes rebuild HEAD~1..HEAD".split(" "))).toMatchObject({
      written: 1,
      same: 0,
      foreign: [],
    });
    expect(noted(session)).toContain(fetched);
  });

  test("has it written past the person's own hooks", async () => {
    using session = await agentSession();
    const told = join(session.home, "told");
    const hook = join(session.repo.path, ".git/hooks/reference-transaction");
    writeFileSync(hook, `#!/bin/sh\ncat >> '${told}'\n`);
    chmodSync(hook, 0o755);
    await session.write("a.ts", "const one = 1;\n");
    session.repo.run(["add", "--all"]);
    session.repo.run(["commit", "--quiet", "-m", "work"]);
    await session.run(["commit-link"]);
    expect(readFileSync(told, "utf8")).toContain("refs/heads/main");
    expect(readFileSync(told, "utf8")).not.toContain(ref);
    expect(noted(session)).toHaveLength(1);
  });
});

describe("a note's parts", () => {
  const secret = `ghp_${"Ab3dE6gH".repeat(5).slice(0, 36)}`;
  const say = (session: AgentSession, text: string): void =>
    writeFileSync(
      session.transcript,
      `${JSON.stringify({ type: "user", timestamp: "2026-02-10T11:00:00Z", message: { role: "user", content: text } })}\n${readFileSync(session.transcript, "utf8")}`,
    );

  test("are put in by settings or by options, without the secrets that people typed", async () => {
    using session = await agentSession();
    say(session, `Make it count, with ${secret}`);
    await session.write("a.ts", "const one = 1;\n");
    await session.commit();
    expect(noteOf(session)).not.toHaveProperty("prompts");
    await session.run(["config", "set", "notes.include-prompts", "on"]);
    await session.run(["notes", "attach", "--no-include-ledger"]);
    const note = noteOf(session);
    expect(note.prompts).toEqual([expect.stringMatching(/^Make it count, with \[redacted:/)]);
    expect(note).not.toHaveProperty("ledger");
    // Control: it is masking that keeps it out.
    await session.run(["config", "set", "redaction.enabled", "off", "--yes"]);
    await session.run(["notes", "attach"]);
    expect(noteOf(session).prompts[0]).toContain(secret);
    await session.run(["notes", "attach", "--include-all-session-conversations"]);
    const [conversation] = noteOf(session).all_session_conversations;
    expect(conversation).toEqual({
      conversation_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      summary: null,
    });
  });

  test("are taken out by `notes strip`, which leaves the rest", async () => {
    using session = await agentSession();
    await session.write("a.ts", "const one = 1;\n");
    await session.commit();
    expect((await session.run(["notes", "strip", "--ledger", "--prompts"])).exitCode).toBe(0);
    expect(Object.keys(noteOf(session))).toEqual(["version", "trace_ids", "ledger_hash", "stats"]);
    expect(await session.json(["notes", "strip", "--ledger"])).toMatchObject({ changed: false });
    expect((await session.run(["notes", "strip"])).exitCode).toBe(2);
  });
});

test("notes of earlier commits are written afterwards, in one go", async () => {
  using session = await agentSession();
  await session.run(["config", "set", "notes.enabled", "off"]);
  const commits: string[] = [];
  for (const name of ["a", "b", "c"]) {
    await session.write(`${name}.ts`, `const ${name} = 1;\n`);
    commits.push(await session.commit());
  }
  expect(await session.json(["notes", "backfill"])).toMatchObject({ written: 3, same: 0 });
  expect(noted(session).toSorted()).toEqual(commits.toSorted());
  expect(session.repo.run(["rev-list", "--count", ref])).toBe("1");
  expect(await session.json(["notes", "backfill"])).toMatchObject({ written: 0, same: 3 });
  expect(await session.run(["notes", "show", "HEAD~9"])).toMatchObject({ exitCode: 1 });
});

test("ten processes that write notes at once lose none", async () => {
  using session = await agentSession();
  const commits: string[] = [];
  await session.run(["config", "set", "notes.enabled", "off"]);
  for (let at = 0; at < 10; at++) {
    await session.write(`${at}.ts`, `const x${at} = 1;\n`);
    commits.push(await session.commit());
  }
  const done = await Promise.all(
    commits.map((commit) => session.run(["notes", "attach", commit], {})),
  );
  expect(done.map(({ exitCode }) => exitCode)).toEqual(commits.map(() => 0));
  expect(noted(session).toSorted()).toEqual(commits.toSorted());
  expect(existsSync(join(session.repo.path, ".git/FETCH_HEAD"))).toBe(false);
});

describe("a ref that cannot be written", () => {
  const put = (path: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
  };

  test.each([
    ["a lock that was left behind", "refs/notes/agent-trace.lock", "cannot be locked"],
    ["a directory in its place", "refs/notes/agent-trace/below/x.lock", "`git fast-import` failed"],
  ])("by %s costs the note and not the ledger, and is told", async (_what, path, said) => {
    using session = await agentSession();
    await session.write("a.ts", "const one = 1;\n");
    session.repo.run(["add", "--all"]);
    session.repo.run(["-c", "core.hooksPath=/nonexistent", "commit", "-q", "-m", "work"]);
    put(join(session.repo.path, ".git", path));
    expect((await session.run(["commit-link"])).exitCode).toBe(1);
    expect((await session.run(["ledger", "show"])).stdout).toContain("a.ts:1 ");
    const attached = await session.run(["notes", "attach"]);
    expect(attached).toMatchObject({ exitCode: 1, stdout: "" });
    expect(attached.stderr).toContain(said);
    expect((await session.run(["doctor", "--offline"])).stdout).toContain("1 hook event failed");
  });
});
