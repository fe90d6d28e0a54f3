import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { type AgentSession, agentSession } from "../support/agent-session.ts";

interface Record_ {
  version: string;
  id: string;
  timestamp: string;
  vcs: { type: string; revision: string };
  tool: { name: string; version: string };
  files: { path: string; conversations: { ranges: { content_hash: string }[] }[] }[];
}

const hash = (...lines: string[]): string => `sha256:${sha256Hex(lines.join("\n"))}`;

function importing(session: AgentSession, ...records: unknown[]) {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
  session.repo.write("../records.jsonl", text);
  return session.json<Record<string, number>>(["import", "../records.jsonl"]);
}

/** A record of another program about `a.ts` as a commit has it. */
function told(revision: string, range: object, more: object = {}) {
  return {
    version: "0.1.0",
    id: "550e8400-e29b-41d4-a716-446655440000",
    timestamp: "2026-01-23T14:30:00Z",
    vcs: { type: "git", revision },
    tool: { name: "cursor", version: "2.4.0" },
    files: [
      {
        path: "a.ts",
        conversations: [
          {
            url: "https://api.example.com/v1/conversations/12345",
            contributor: { type: "ai", model_id: "claude-opus-4-5-20251101" },
            ranges: [{ start_line: 2, end_line: 3, ...range }],
          },
        ],
      },
    ],
    ...more,
  };
}

/** A commit whose lines nobody here knows of, on one of which lines 2 and 3 were an agent's. */
async function unknownCommit(session: AgentSession): Promise<string> {
  session.type("a.ts", "one\ntwo\nthree\nfour\n");
  return session.commit();
}
const proof = { content_hash: hash("two", "three") };

describe("export", () => {
  test("makes records whose lines are those of the commit, valid by the specification's own rules", async () => {
    using session = await agentSession();
    await session.write("a.ts", "one\ntwo\n");
    session.type("a.ts", "one\nperson\ntwo\n");
    await session.write("b.ts", "three\n");
    const commit = await session.commit();
    const { stdout, stderr } = await session.run(["export", "--format", "agent-trace"]);
    expect({ stderr, lines: stdout.split("\n").length }).toEqual({ stderr: "", lines: 2 });
    const record = JSON.parse(stdout) as Record_;
    expect(record).toMatchObject({
      version: "0.1.0",
      vcs: { type: "git", revision: commit },
      tool: { name: "claude-code", version: "2.1.3" },
      files: [
        {
          path: "a.ts",
          conversations: [
            {
              contributor: { type: "ai", model_id: "anthropic/claude-sonnet-4-5" },
              ranges: [
                { start_line: 1, end_line: 1, content_hash: hash("one") },
                { start_line: 3, end_line: 3, content_hash: hash("two") },
              ],
              related: [
                {
                  type: "conversation",
                  url: expect.stringMatching(/^urn:agent-trace:conversation:[0-9a-f]{64}$/),
                },
              ],
            },
          ],
        },
        { path: "b.ts" },
      ],
    });
    expect(record.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(record.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Object.keys(record).toSorted()).toEqual(
      ["version", "id", "timestamp", "vcs", "tool", "files"].toSorted(),
    );
    // The same ledger makes the same records.
    expect((await session.run(["export", "HEAD"])).stdout).toBe(stdout);
  });

  test("and import bring every line over, with agent, model and conversation", async () => {
    using session = await agentSession();
    await session.write("a.ts", "one\ntwo\n");
    session.type("a.ts", "one\nperson\ntwo\n");
    await session.commit();
    const facts = async () =>
      (
        await session.json<{ attributions: Record<string, unknown>[] }>(["blame", "a.ts"])
      ).attributions.map(({ start_line, end_line, tool, model_id, conversation_id }) => ({
        start_line,
        end_line,
        tool,
        model_id,
        conversation_id,
      }));
    const before = await facts();
    expect(before).toHaveLength(2);
    session.repo.write("../records.jsonl", (await session.run(["export"])).stdout);
    session.repo.run(["update-ref", "-d", "refs/notes/agent-trace"]);
    rmSync(join(session.home, ".agent-trace"), { recursive: true });
    rmSync(join(session.repo.path, ".git/agent-trace-id"));
    await session.run(["init", "--no-hooks"]);
    expect(await facts()).toEqual([]);
    expect(await session.json(["import", "../records.jsonl"])).toMatchObject({
      records: 1,
      commits: 1,
      lines: 2,
      unproven: 0,
    });
    expect(await facts()).toEqual(before);
    // Again it changes nothing.
    expect(await session.json(["import", "../records.jsonl"])).toMatchObject({
      records: 0,
      known: 1,
      commits: 0,
    });
  });
});

describe("a record of another program", () => {
  test("claims lines that its commit added, where it has their hash", async () => {
    using session = await agentSession();
    const commit = await unknownCommit(session);
    const dry = ["import", "../records.jsonl", "--dry-run"];
    session.repo.write("../records.jsonl", JSON.stringify([told(commit, proof)]));
    expect(await session.json(dry)).toMatchObject({ records: 1, lines: 2 });
    expect(await session.aiLines("a.ts")).toEqual([]);
    expect(await importing(session, told(commit, proof))).toMatchObject({ records: 1, lines: 2 });
    const { attributions } = await session.json<{ attributions: object[] }>(["blame", "a.ts"]);
    expect(attributions).toEqual([
      expect.objectContaining({
        start_line: 2,
        end_line: 3,
        tool: { name: "cursor", version: "2.4.0" },
        model_id: "anthropic/claude-opus-4-5-20251101",
        conversation_id: sha256Hex("https://api.example.com/v1/conversations/12345"),
        commit_sha: commit,
      }),
    ]);
  });

  test.each([
    ["no hash: its revision may be the one before its commit", {}, {}],
    ["a hash of another kind", { content_hash: "murmur3:9f2e8a1b" }, {}],
    ["the hash of another text", { content_hash: hash("two", "four") }, {}],
    ["lines that are not there", { ...proof, start_line: 9, end_line: 10 }, {}],
    ["a person's lines", { ...proof, contributor: { type: "human" } }, {}],
    ["mixed lines", { ...proof, contributor: { type: "mixed" } }, {}],
    ["a revision that is not here", proof, { vcs: { type: "git", revision: "0".repeat(40) } }],
    ["another system's revision", proof, { vcs: { type: "hg", revision: "a1b2c3d4e5f6" } }],
    ["no revision", proof, { vcs: undefined }],
  ])("proves no line with %s", async (_what, range, more) => {
    using session = await agentSession();
    const commit = await unknownCommit(session);
    expect(await importing(session, told(commit, range, more))).toMatchObject({
      records: 1,
      lines: 0,
      commits: 0,
    });
    expect(await session.aiLines("a.ts")).toEqual([]);
  });

  test("claims no line that an earlier commit added, and none where a ledger is known", async () => {
    using session = await agentSession();
    await unknownCommit(session);
    session.type("a.ts", "one\ntwo\nthree\nfour\nfive\n");
    const later = await session.commit();
    expect(await importing(session, told(later, proof))).toMatchObject({ lines: 0, unproven: 0 });
    await session.write("b.ts", "of ours\n");
    session.type("a.ts", "one\ntwo\nTHREE\nfour\nfive\n");
    const known = await session.commit();
    const range = { start_line: 3, end_line: 3, content_hash: hash("THREE") };
    const other = told(known, range, { id: "another" });
    expect(await importing(session, other)).toMatchObject({ records: 1, lines: 0 });
    expect(await session.aiLines("a.ts")).toEqual([]);
  });

  test.each([
    ["no JSON", "{"],
    ["no version", JSON.stringify({ ...told("x", {}), version: undefined })],
    ["a version that is none", JSON.stringify({ ...told("x", {}), version: "two" })],
    ["an id that is a path", JSON.stringify({ ...told("x", {}), id: "../../x" })],
    ["no time", JSON.stringify({ ...told("x", {}), timestamp: "soon" })],
    ["no files", JSON.stringify({ ...told("x", {}), files: {} })],
    ["a number", "7"],
  ])("that has %s is none", async (_what, text) => {
    using session = await agentSession();
    session.repo.write("../records.jsonl", text);
    const { stdout, stderr, exitCode } = await session.run(["import", "../records.jsonl"]);
    expect({ exitCode, first: stdout.split("\n")[0] }).toEqual({
      exitCode: 0,
      first: "took over 0 records",
    });
    expect(stderr).toContain("no record");
  });

  test("names no file outside of the repository", async () => {
    using session = await agentSession();
    const commit = await unknownCommit(session);
    for (const path of ["/etc/passwd", "../a.ts", "a/../a.ts", "./a.ts", "a\u0000.ts", ""]) {
      const record = told(commit, proof, { id: `r${path.length}` });
      const [file] = record.files;
      const done = await importing(session, { ...record, files: [{ ...file, path }] });
      expect(done).toMatchObject({ lines: 0, unproven: 0 });
    }
  });
});
