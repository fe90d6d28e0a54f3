import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { CommitLink } from "../../../src/schema/commit-link.ts";
import { hashLine } from "../../../src/schema/digest.ts";
import type { Ledger } from "../../../src/schema/ledger.ts";
import { agentSession } from "../../support/agent-session.ts";
import { bare, lines, rows } from "./linked-rows.ts";

describe("linking a commit", () => {
  test("keeps a ledger and a link in the shapes that others read", async () => {
    using session = await agentSession();
    const first = session.repo.commit("first", { "b.ts": "old\n" });
    await session.write("a.ts", "one\ntwo\n");
    await session.edit("b.ts", "old", "old\nnew");
    session.type("a.ts", "mine\none\ntwo\n");
    const sha = await session.commit();
    const [ledger] = rows<Ledger>(session, "ledgers.jsonl");
    const ids = ledger?.trace_ids ?? [];
    expect(ids).toEqual([...ids].sort());
    const segment = (start: number, texts: string[]) => ({
      start_line: start,
      end_line: start + texts.length - 1,
      type: "ai",
      trace_id: expect.any(String),
      model_id: "anthropic/claude-sonnet-4-5",
      conversation_id: expect.any(String),
      evidence: texts.map((text, at) => ({ line: start + at, hash: hashLine(text) })),
    });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\+00:00$/);
    expect(ledger).toEqual({
      version: "2.0",
      commit_sha: sha,
      parent_sha: first,
      committed_at: "2026-02-10T12:00:00.000000+00:00",
      created_at: time,
      trace_ids: [expect.any(String), expect.any(String)],
      files: {
        "a.ts": { line_attributions: [segment(2, ["one", "two"])] },
        "b.ts": { line_attributions: [segment(2, ["new"])] },
      },
    });
    expect(rows<CommitLink>(session, "commit-links.jsonl")).toEqual([
      {
        commit_sha: sha,
        parent_sha: first,
        trace_ids: ids,
        files_changed: ["a.ts", "b.ts"],
        committed_at: "2026-02-10T12:00:00.000000+00:00",
        created_at: time,
      },
    ]);
  });

  test("writes nothing for a commit in which no agent had a hand", async () => {
    using session = await agentSession();
    session.type("a.ts", lines(1, 5, "mine"));
    await session.commit();
    expect([rows(session, "ledgers.jsonl"), rows(session, "commit-links.jsonl")]).toEqual([[], []]);
  });

  test("says the same twice, and only once on disk", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 3));
    await session.commit();
    const before = [rows(session, "ledgers.jsonl"), rows(session, "commit-links.jsonl")];
    expect((await session.run(["commit-link"])).stdout).toContain("3 lines AI, 1 trace\n");
    expect([rows(session, "ledgers.jsonl"), rows(session, "commit-links.jsonl")]).toEqual(before);
  });

  test("does not claim a line that only equals one of the agent's", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 6));
    session.type("a.ts", `${lines(1, 3)}agent's line 5\n${lines(4, 6)}`);
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 3, 5, 6, 7]);
    session.type("a.ts", `${lines(1, 3)}agent's line 5\n${lines(4, 6)}${lines(1, 6)}`);
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 3, 5, 6, 7]);
  });

  test("does not claim a line of the agent's that a person changed", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 4));
    session.type("a.ts", lines(1, 4).replace("line 2", "line two"));
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 3, 4]);
  });

  test("counts blank lines and brackets by their position", async () => {
    using session = await agentSession();
    await session.write("a.ts", "function a() {\n\n  return;\n}\n");
    session.type("a.ts", "function a() {\n\n  return;\n}\n\nfunction mine() {\n}\n");
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 3]);
  });

  test("claims what is staged, and the rest when that is committed", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 3));
    session.repo.run(["add", "a.ts"]);
    await session.edit("a.ts", "line 3\n", "line 3\nagent's line 4\n");
    session.repo.run([...bare, "commit", "-q", "-m", "part"]);
    await session.run(["commit-link"]);
    expect(
      rows<Ledger>(session, "ledgers.jsonl")[0]?.files["a.ts"]?.line_attributions,
    ).toHaveLength(1);
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ["CRLF", "one\r\ntwo\r\nthree\r\n"],
    ["no final line break", "one\ntwo\nthree"],
    ["a byte order mark", "\uFEFFone\ntwo\nthree\n"],
    ["letters of all kinds", "eins ü\nzwei \u2028 b\ndrei 🎉\n"],
  ])("claims every line of a file with %s", async (_, content) => {
    using session = await agentSession();
    await session.write("a.ts", content);
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 3]);
  });

  test.each(["with blanks/ü 🎉.ts", '"quoted".ts', "line\nbreak.ts", "-dash.ts", ":(top)x.ts"])(
    "copes with a file named %j",
    async (path) => {
      using session = await agentSession();
      await session.write(path, lines(1, 2));
      await session.commit();
      expect(await session.aiLines(`./${path}`)).toEqual([1, 2]);
    },
  );

  test("follows a file that was renamed before its first commit, and one renamed with it", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 4));
    session.type("b.ts", `${lines(1, 4)}mine\n`);
    rmSync(join(session.repo.path, "a.ts"));
    await session.commit();
    expect(await session.aiLines("b.ts")).toEqual([1, 2, 3, 4]);
    await session.edit("b.ts", "mine\n", "mine\nagent's line 5\n");
    session.repo.run(["mv", "b.ts", "c.ts"]);
    await session.commit();
    expect(await session.aiLines("c.ts")).toEqual([1, 2, 3, 4, 6]);
  });

  test("follows a file under both names where the agent went on after a move that no commit has", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 9));
    session.type("b.ts", `mine\n${lines(1, 9)}`);
    rmSync(join(session.repo.path, "a.ts"));
    await session.edit("b.ts", "line 9\n", `line 9\n${lines(10, 30)}`);
    await session.commit();
    expect(await session.aiLines("b.ts")).toEqual(Array.from({ length: 30 }, (_, at) => at + 2));
  });

  test("leaves a person their line that an edit repeats, where a formatter hides what the edit did", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 3));
    const old_string = "person's line\nagent's line 3\n";
    const new_string = "person's line\nagent's line 4\n";
    const formatted = `${lines(1, 2)}person's line\nagent's line 4  \nagent's line 5\n`;
    const file_path = session.repo.write("a.ts", formatted);
    await session.hook({
      tool_name: "Edit",
      tool_input: { file_path, old_string, new_string: `${new_string}agent's line 5\n` },
      tool_response: { filePath: file_path },
    });
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 5]);
  });

  test("claims the lines of two edits that were reported the wrong way round", async () => {
    using session = await agentSession();
    const first = lines(1, 6);
    await session.write("a.ts", first);
    const texts = [first, `one's line\n${first}`, `one's line\n${first}other's line\n`] as const;
    const file_path = session.repo.write("a.ts", texts[2]);
    const report = (before: string, after: string) =>
      session.hook({
        tool_name: "Write",
        tool_input: { file_path, content: after },
        tool_response: {
          type: "update",
          content: after,
          structuredPatch: [],
          originalFile: before,
        },
      });
    await report(texts[1], texts[2]);
    await report(texts[0], texts[1]);
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("does not give a copy what a file had under the name that it had before its first commit", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 9));
    session.type("b.ts", lines(1, 9));
    rmSync(join(session.repo.path, "a.ts"));
    await session.commit();
    expect(await session.aiLines("b.ts")).toHaveLength(9);
    session.type("c.ts", lines(1, 9));
    await session.commit();
    expect(await session.aiLines("c.ts")).toEqual([]);
  });

  test("takes a deleted file's traces into the link, and lets its pending file go", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 2));
    await session.commit();
    await session.edit("a.ts", "line 2", "line two");
    rmSync(join(session.repo.path, "a.ts"));
    await session.commit();
    const link = rows<CommitLink>(session, "commit-links.jsonl").at(-1);
    expect({ traces: link?.trace_ids.length, files: link?.files_changed }).toEqual({
      traces: 1,
      files: ["a.ts"],
    });
    session.type("a.ts", "agent's line 1\n");
    expect(await session.aiLines("a.ts")).toEqual([]);
  });

  test("starts anew where a file was deleted and made again by a person", async () => {
    using session = await agentSession();
    await session.write("a.ts", lines(1, 4));
    await session.commit();
    rmSync(join(session.repo.path, "a.ts"));
    await session.commit();
    session.type("a.ts", "agent's line 1\nmine\n");
    await session.commit();
    expect(await session.aiLines("a.ts")).toEqual([]);
  });

  test("is disturbed neither by the repository's settings for diffs nor by what git sets for its hooks", async () => {
    using session = await agentSession();
    const { repo } = session;
    for (const [name, value] of [
      ["diff.noprefix", "true"],
      ["diff.external", "/bin/false"],
      ["diff.algorithm", "patience"],
      ["diff.context", "9"],
      ["diff.renames", "false"],
      ["diff.x.textconv", "/bin/false"],
      ["diff.x.command", "/bin/false"],
      ["core.quotePath", "false"],
      ["blame.showRoot", "true"],
      ["blame.ignoreRevsFile", ".git/ignored"],
      ["diff.indentHeuristic", "false"],
      ["color.ui", "always"],
    ]) {
      repo.run(["config", name ?? "", value ?? ""]);
    }
    await session.write(".gitattributes", "*.ts diff=x\n");
    await session.write("ü.ts", lines(1, 3));
    const sha = await session.commit();
    repo.write(".git/ignored", `${sha}\n`);
    expect(await session.aiLines("ü.ts")).toEqual([1, 2, 3]);
  });
});
