import { expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment } from "../support/repository.ts";
import { testService } from "../support/service.ts";

const secret = "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";
const said = (text: string): string =>
  `${JSON.stringify({ type: "user", message: { role: "user", content: [{ type: "text", text }] } })}\n`;

interface Answer {
  readonly segments: readonly Record<string, unknown>[];
}

/** An agent's work with a secret in it, pushed, and a teammate who reads the same repository from another home. */
async function twoReaders() {
  const service = await testService();
  const account = await service.account("acme/p");
  const session = await agentSession();
  const directory = temporaryDirectory();
  const ben = (argv: readonly string[]) =>
    cli(argv, { home: directory.path, cwd: session.repo.path, environment: gitTestEnvironment });
  appendFileSync(session.transcript, said(`write it with ${secret}`).repeat(3));
  await session.write("a.ts", "one\n");
  await session.commit();
  const add = ["remote", "add", "origin", account.remote, "--token", "-"];
  await session.run(add, { stdin: `${account.token}\n` });
  await ben(["init", "--no-hooks"]);
  await cli(add, {
    home: directory.path,
    cwd: session.repo.path,
    environment: gitTestEnvironment,
    stdin: `${account.token}\n`,
  });
  return {
    session,
    ben,
    async [Symbol.asyncDispose]() {
      session[Symbol.dispose]();
      directory[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

const ask = ["context", "a.ts", "--full", "--json"];
const seen = ({ stdout }: { stdout: string }): unknown =>
  (JSON.parse(stdout) as Answer).segments.map(
    ({ conversation_content, content_sha256, conversation_size }) => ({
      conversation_content,
      content_sha256,
      conversation_size,
    }),
  );

test("who recorded a conversation reads the same bytes as a teammate, and so before the push and when it grew", async () => {
  await using scene = await twoReaders();
  const { session, ben } = scene;
  const before = seen(await session.run(ask));
  await session.run(["push"]);
  await ben(["pull"]);
  const here = await session.run(ask);
  expect(here.stdout).toContain("[redacted:github-personal-token]");
  expect(here.stdout).not.toContain(secret);
  expect(seen(here)).toEqual(before);
  expect(seen(await ben(ask))).toEqual(before);

  appendFileSync(session.transcript, said(`again ${secret}`));
  await session.run(["push"]);
  await ben(["pull"]);
  expect(seen(await ben(ask))).toEqual(seen(await session.run(ask)));
});

test("the two read the same without redaction, too", async () => {
  await using scene = await twoReaders();
  const { session, ben } = scene;
  await session.run(["config", "set", "redaction.enabled", "false", "--yes"]);
  await session.run(["push"]);
  await ben(["pull"]);
  const here = await session.run(ask);
  expect(here.stdout).toContain(secret);
  expect(seen(await ben(ask))).toEqual(seen(here));
});

test("--unredacted shows what this machine recorded, says so, and goes into no pipe unasked", async () => {
  await using scene = await twoReaders();
  const { session, ben } = scene;
  const raw = (session: AgentSession, ...more: string[]) =>
    session.run(["context", "a.ts", "--full", "--unredacted", ...more]);
  expect(await raw(session)).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringContaining("add `--yes` if that is meant"),
  });
  const piped = await raw(session, "--yes");
  expect(piped.stdout).toContain(secret);
  expect(piped.stderr).toContain("unredacted: read from this machine's own copies");
  const options = { terminal: true, environment: { NO_COLOR: "1" } };
  const shown = await session.run(["context", "a.ts", "--full", "--unredacted"], options);
  expect(shown.stdout).toContain(secret);

  await session.run(["push"]);
  await ben(["pull"]);
  const elsewhere = await ben(["context", "a.ts", "--unredacted", "--yes"]);
  expect(elsewhere.stdout).toContain("its conversation is not kept here");
  expect(elsewhere.stderr).toContain("was recorded elsewhere");
});
