import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../support/agent-session.ts";
import { cli } from "../support/cli.ts";
import { gitTestEnvironment } from "../support/repository.ts";

const lines = (count: number, word: string) =>
  Array.from({ length: count }, (_, at) => `${word} number ${at}\n`).join("");

async function scene() {
  const session = await agentSession();
  session.type("old.txt", lines(5, "old"));
  const base = await session.commit();
  await session.write("src/a.ts", lines(4, "agent"));
  session.type("src/b.ts", lines(3, "person"));
  session.type("old.txt", `${lines(5, "old")}one more\n`);
  session.type(".gitattributes", "*.lock linguist-generated\n");
  session.type("x.lock", lines(9, "generated"));
  await session.commit();
  return { session, base };
}

test("each failure is named with its file and lines, and the exit code is 1", async () => {
  const { session, base } = await scene();
  using _session = session;
  expect(await session.run(["check", `${base}..HEAD`, "--require-attribution"])).toEqual({
    exitCode: 1,
    stdout: [
      ".gitattributes:1: no attribution of 1 line (command line)",
      "old.txt:6: no attribution of 1 line (command line)",
      "src/b.ts:1-3: no attribution of 3 lines (command line)",
      "",
    ].join("\n"),
    stderr: "error: 3 policy failures\n",
  });
  expect((await session.run(["check", "HEAD", "--max-ai", "44"])).stdout).toBe(
    "src/a.ts:1-4: 44.4 % of 9 lines are AI, and 44 % are allowed; the longest run is here (command line)\n",
  );
});

test("what holds is said, with its coverage", async () => {
  const { session, base } = await scene();
  using _session = session;
  expect(
    await session.run(["check", `${base}..HEAD`, "--max-ai=50", "--require-conversation"]),
  ).toEqual({
    exitCode: 0,
    stdout: "1 rule kept; 1 of 1 commit recorded (0 by hooks, 1 linked later)\n",
    stderr: "",
  });
});

test("a conversation that is not kept is a failure where it is required", async () => {
  using session = await agentSession();
  await session.hook({ transcript_path: undefined, hook_event_name: "SessionStart" });
  const file_path = join(session.repo.path, "a.ts");
  session.repo.write("a.ts", "one line\n");
  const payload = { hook_event_name: "PostToolUse", session_id: "s", cwd: session.repo.path };
  const tool_input = { file_path, content: "one line\n" };
  await session.run(["record"], {
    stdin: JSON.stringify({ ...payload, tool_name: "Write", tool_input }),
  });
  await session.commit();
  expect((await session.run(["check", "HEAD", "--require-conversation"])).stdout).toBe(
    "a.ts:1: the conversation behind 1 line is not kept here (command line)\n",
  );
});

test("a policy file's rules are kept beside the options', and no odd file is read", async () => {
  const { session } = await scene();
  using _session = session;
  session.repo.write(
    "policy.json",
    '{"rules": [{"name": "b", "paths": ["src/b.ts"], "require_attribution": true}]} // why\n',
  );
  const { stdout } = await session.run(["check", "HEAD", "--policy", "policy.json", "--max-ai=0"]);
  expect(stdout.split("\n").map((line) => /\((.*)\)$/.exec(line)?.[1])).toEqual([
    "command line",
    "b",
    undefined,
  ]);
  for (const odd of ["/dev/zero", "src", "missing.json"]) {
    expect((await session.run(["check", "HEAD", "--policy", odd])).stderr).toStartWith(
      `error: the policy \`${odd}\` cannot be read`,
    );
  }
  expect((await session.run(["check", "HEAD"])).exitCode).toBe(2);
  expect((await session.run(["check", "HEAD", "--max-ai", "many"])).exitCode).toBe(2);
});

test("GitHub's summary takes all failures, and a runner without one none", async () => {
  const { session } = await scene();
  using _session = session;
  const summary = join(session.home, "summary.md");
  const argv = ["check", "HEAD", "--require-attribution", "--format", "github"];
  const options = { home: session.home, cwd: session.repo.path };
  const { stdout, exitCode } = await cli(argv, {
    ...options,
    environment: { ...gitTestEnvironment, HOME: session.home, GITHUB_STEP_SUMMARY: summary },
  });
  expect([exitCode, stdout.split("\n").length]).toEqual([1, 4]);
  expect(readFileSync(summary, "utf8")).toStartWith("### 3 policy failures\n");
});

test("each format is one document on stdout", async () => {
  const { session } = await scene();
  using _session = session;
  const documents = [];
  for (const format of ["json", "sarif", "gitlab"]) {
    const { stdout } = await session.run(["check", "HEAD", "--max-ai=0", "--format", format]);
    documents.push(JSON.parse(stdout));
  }
  const [json, sarif, gitlab] = documents;
  expect(json).toMatchObject({ schema: "agent-trace.check/1", ok: false });
  expect([json.failures.length, sarif.runs[0].results.length, gitlab.length]).toEqual([1, 1, 1]);
  expect(await session.json<object>(["check", "HEAD", "--max-ai=0"])).toEqual(json);
});
