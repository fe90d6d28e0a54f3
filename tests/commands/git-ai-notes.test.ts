import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type AgentSession, agentSession } from "../support/agent-session.ts";

const theirs = "refs/notes/ai";

interface Claim {
  start_line: number;
  end_line: number;
  source: string;
  model_id: string | null;
  conversation_id: string | null;
  tool: { name: string } | null;
}

const blame = async (session: AgentSession, file: string): Promise<Claim[]> =>
  (await session.json<{ attributions: Claim[] }>(["blame", file])).attributions;

/** What every line is said to be, however lines are told together. */
async function perLine(session: AgentSession, file: string): Promise<string[]> {
  return (await blame(session, file)).flatMap((found) =>
    Array.from({ length: found.end_line - found.start_line + 1 }, (_, at) =>
      JSON.stringify([
        found.start_line + at,
        found.tool?.name,
        found.model_id,
        found.conversation_id,
      ]),
    ),
  );
}

function note(session: AgentSession, text: string): void {
  session.repo.write("../note", text);
  session.repo.run(["notes", `--ref=${theirs}`, "add", "-f", "-F", "../note"]);
}

test("a repository that git-ai recorded is read by blame and report, after what is known here", async () => {
  using session = await agentSession();
  session.type("calc.mjs", "one\ntwo\nthree\nfour\n");
  const commit = await session.commit();
  note(
    session,
    `calc.mjs\n  s_a76964380084ef::t_a3a130d3e145e3 1-2\n  h_dca485b1adf836 3\n  s_unknown 4\n---\n${JSON.stringify(
      {
        schema_version: "authorship/3.0.0",
        base_commit_sha: commit,
        prompts: {},
        sessions: {
          s_a76964380084ef: { agent_id: { tool: "claude", id: "x", model: "claude-opus-5" } },
        },
        humans: { h_dca485b1adf836: { author: "A Person" } },
      },
    )}`,
  );
  expect(await blame(session, "calc.mjs")).toEqual([
    expect.objectContaining({
      start_line: 1,
      end_line: 2,
      source: "git-ai",
      tool: { name: "claude", version: null },
      model_id: "anthropic/claude-opus-5",
      commit_sha: commit,
      trace_id: null,
      conversation_id: null,
    }),
  ]);
  expect((await session.run(["blame", "calc.mjs"])).stdout).toContain("by git-ai's note");
  const report = await session.json<{ lines: object; agents: object[] }>(["report"]);
  expect(report.lines).toEqual({ added: 4, ai: 2, unattributed: 2 });
  expect(report.agents).toEqual([{ agent: "claude", model: "anthropic/claude-opus-5", lines: 2 }]);
  // Ours comes first.
  await session.write("calc.mjs", "one\ntwo\nthree\nfour\nfive\n");
  await session.commit();
  note(session, `calc.mjs\n---\n{"schema_version":"authorship/3.0.0"}`);
  expect((await blame(session, "calc.mjs")).map(({ source }) => source)).toEqual([
    "git-ai",
    "ledger",
  ]);
});

test("what we write in git-ai's form says of every line what our ledgers say", async () => {
  using session = await agentSession();
  await session.write("a b.ts", "const one = 1;\nconst two = 2;\n");
  session.type("a b.ts", "const one = 1;\nperson();\nconst two = 2;\n");
  await session.write("src/ä.ts", "const three = 3;\n");
  await session.commit();
  await session.edit("src/ä.ts", "three = 3", "three = 4");
  await session.commit();
  const files = ["a b.ts", "src/ä.ts"];
  const before = await Promise.all(files.map((file) => perLine(session, file)));
  expect(before.map((lines) => lines.length)).toEqual([2, 1]);
  expect(await session.json(["notes", "export", "--format", "git-ai"])).toMatchObject({
    written: 2,
    foreign: [],
    unnameable: [],
  });
  expect(session.repo.run(["notes", `--ref=${theirs}`, "show", "HEAD~1"])).toMatch(
    /^"a b\.ts"\n {2}s_[0-9a-f]{14}::t_[0-9a-f]{14} 1,3\nsrc\/ä\.ts\n {2}s_[0-9a-f]{14}::t_[0-9a-f]{14} 1\n---\n\{/,
  );
  expect(await session.json(["notes", "export"])).toMatchObject({ written: 0, same: 2 });
  // Nothing of ours is left.
  session.repo.run(["update-ref", "-d", "refs/notes/agent-trace"]);
  rmSync(join(session.home, ".agent-trace"), { recursive: true });
  rmSync(join(session.repo.path, ".git/agent-trace-id"));
  await session.run(["init", "--no-hooks"]);
  expect(await Promise.all(files.map((file) => perLine(session, file)))).toEqual(before);
  // Control: it is these notes that say so.
  session.repo.run(["update-ref", "-d", theirs]);
  expect(await perLine(session, "a b.ts")).toEqual([]);
});

test("what git-ai wrote is never written over", async () => {
  using session = await agentSession();
  await session.write("a.ts", "const one = 1;\n");
  await session.commit();
  const own = `a.ts\n---\n{"schema_version":"authorship/3.0.0","git_ai_version":"1.7.5","prompts":{}}`;
  note(session, own);
  const done = await session.run(["notes", "export", "HEAD"]);
  expect(done).toMatchObject({ exitCode: 0, stdout: "0 notes written\n" });
  expect(done.stderr).toContain("is another program's and stays as it is");
  expect(session.repo.run(["notes", `--ref=${theirs}`, "show"])).toBe(own);
});
