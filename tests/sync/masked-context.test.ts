import { expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import type { AgentSession } from "../support/agent-session.ts";
import { said, secret, twoReaders } from "./two-readers.ts";

interface Answer {
  readonly segments: readonly Record<string, unknown>[];
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
