import { expect, test } from "bun:test";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testService } from "../support/service.ts";
import { personAt } from "./person.ts";
import { addWork } from "./work.ts";

const token = "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";
const password = "hunter2-XyZ9";
const line = (text: string): string =>
  `${JSON.stringify({ type: "user", message: { content: text } })}\n`;

/** Two conversations with secrets and one without; nothing was pushed yet. */
async function scene() {
  const service = await testService();
  const account = await service.account("acme/p");
  const ada = await personAt(account);
  addWork(
    ada,
    "one",
    line("nothing") + line(`é ${token} ü`) + line(`${token} password = "${password}"`),
  );
  addWork(ada, "two", line(`use ${token}`));
  addWork(ada, "three", line("nothing"));
  return {
    ada,
    async [Symbol.asyncDispose]() {
      ada[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

test("a dry run tells how often each rule masks something in how many conversations, and so does the push", async () => {
  await using work = await scene();
  const { ada } = work;
  const dry = await ada.type(["push", "--dry-run"]);
  expect(dry.stdout.split("\n").slice(-4)).toEqual([
    "Would mask 4 secrets in 2 conversations",
    "  github-personal-token  3 in 2 conversations",
    "  password               1 in 1 conversation",
    "",
  ]);
  const masked = [
    { rule: "github-personal-token", findings: 3, conversations: 2 },
    { rule: "password", findings: 1, conversations: 1 },
  ];
  expect((await ada.ask(["push", "--dry-run"]))["masked"]).toEqual(masked);
  const pushed = await ada.type(["push"]);
  expect(pushed.stdout).toContain("\nMasked 4 secrets in 2 conversations\n");
  // What is there already is not told again; what has grown is, as a whole.
  expect((await ada.ask(["push"]))["masked"]).toEqual([]);
  appendFileSync(join(ada.home, "agent/two.jsonl"), line("more"));
  expect((await ada.ask(["push", "--dry-run"]))["masked"]).toEqual([
    { rule: "github-personal-token", findings: 1, conversations: 1 },
  ]);
});

test("--show-redactions lists each mask by its place, and never a secret", async () => {
  await using work = await scene();
  const { ada } = work;
  const listed = await ada.type(["push", "--dry-run", "--show-redactions"]);
  const rows = listed.stdout.split("\n").slice(-5, -1);
  expect(rows.map((row) => row.replace(/^[0-9a-f]{12} {2}/, "")).toSorted()).toEqual([
    '1  github-personal-token  se […]"}}',
    '2  github-personal-token  "é […] ü"',
    '3  github-personal-token  ":"[…] pa',
    '3  password                \\"[…]\\""',
  ]);
  const document = await ada.ask(["push", "--dry-run", "--show-redactions"]);
  expect(document["redactions"]).toHaveLength(4);
  expect(document["redactions"][0]).toEqual({
    conversation_id: expect.stringMatching(/^[0-9a-f]{64}$/),
    line: expect.any(Number),
    rule: expect.any(String),
    before: expect.any(String),
    after: expect.any(String),
  });
  for (const text of [listed.stdout, JSON.stringify(document)]) {
    for (const secret of [token, password]) expect(text).not.toContain(secret.slice(4));
  }
});

test("what stays here for another reason is not listed, and the lines keep their numbers", async () => {
  await using work = await scene();
  const { ada } = work;
  const book = `${JSON.stringify({ type: "api-request-blob", body: token })}\n`;
  addWork(ada, "four", book + line(`use ${token}`));
  await ada.type(["config", "set", "redaction.leave-out-bookkeeping", "true"]);
  const { redactions, masked } = await ada.ask(["push", "--dry-run", "--show-redactions"]);
  const sum = masked.reduce((all: number, { findings }: { findings: number }) => all + findings, 0);
  expect([redactions.length, sum]).toEqual([5, 5]);
  const lines = redactions.map((found: { line: number }) => found.line).toSorted();
  expect(lines).toEqual([1, 2, 2, 3, 3]);
});

test("a change of what is masked is said once, of conversations that begin otherwise", async () => {
  await using work = await scene();
  const { ada } = work;
  await ada.type(["push"]);
  const warnings = async (...argv: string[]): Promise<string> =>
    (await ada.type(argv)).stderr.replace(/^[A-Z].*\n/gm, "");
  const said = (): Promise<string> => warnings("push");
  writeFileSync(join(ada.repo.path, ".env"), "APP_SECRET=grün-und-9-blau\n");
  expect(await said()).toBe("");
  await ada.type(["config", "set", "redaction.allow", "/^hunter2/"]);
  expect(await said()).toBe("warning: what is masked has changed: 1 conversation begins anew\n");
  expect(await said()).toBe("");
  await ada.type(["config", "set", "redaction.enabled", "false", "--yes"]);
  const off =
    "warning: redaction is off: conversations leave with whatever secrets stand in them\n";
  expect(await said()).toBe(
    `${off}warning: what is masked has changed: 2 conversations begin anew\n`,
  );
  // That it is off every push says.
  expect(await said()).toBe(off);
  expect(await warnings("push", "--dry-run")).toBe(off);
  expect(await warnings("sync")).toBe(off);
});
