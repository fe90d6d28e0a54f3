import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Account, type TestService, testService } from "../../support/service.ts";
import { personAt } from "../../sync/person.ts";
import { addWork } from "../../sync/work.ts";

let service: TestService;
let account: Account;
beforeAll(async () => {
  service = await testService();
  account = await service.account();
});
afterAll(() => service[Symbol.asyncDispose]());

const now = () => new Date("2026-02-10T12:00:00Z");
const later = () => new Date("2026-02-10T15:00:00Z");

test("status says when the last push and the last pull were, also under a new name", async () => {
  using person = await personAt(account);
  const status = async (): Promise<string> => (await person.type(["status"])).stdout;
  expect(await status()).not.toContain("last push");
  await person.type(["push", "--dry-run"], { now });
  expect(await status()).not.toContain("last push");
  await person.type(["push"], { now });
  expect(await status()).toContain("\n  last push 2026-02-10T12:00:00.000Z\n");
  await person.type(["remote", "rename", "origin", "team"]);
  await person.type(["pull"], { now });
  const shown = await person.type(["status"], { terminal: true, now: later });
  expect(shown.stdout).toContain("\n  last push 3h ago, last pull 3h ago\n");
  expect((await person.ask(["status"]))["remotes"]).toMatchObject([
    { name: "team", last_push: "2026-02-10T12:00:00.000Z", last_pull: "2026-02-10T12:00:00.000Z" },
  ]);
  await person.type([
    "remote",
    "set-url",
    "team",
    account.remote.replace("127.0.0.1", "localhost"),
    "--keep-token",
  ]);
  expect(await status()).not.toContain("last push");
});

test("the first push at a terminal says what leaves the machine, and no later one does", async () => {
  using person = await personAt(account);
  addWork(person, "work", "w".repeat(1000));
  const terminal = { terminal: true, environment: { NO_COLOR: "1", AGENT_TRACE_NO_PROGRESS: "1" } };
  const quiet = { environment: { AGENT_TRACE_NO_PROGRESS: "1" } };
  const piped = await person.type(["push", "--dry-run"], quiet);
  expect(piped.stderr).toBe("");
  const first = await person.type(["push"], terminal);
  expect(first.stderr).toBe(
    `First push to origin (${account.remote}). This leaves your machine:\n` +
      "  1 trace, 1 ledger, 1 commit link: which lines agents wrote, without their text\n" +
      "  commits: their files, and how many lines they added to each (not their text)\n" +
      "  1 conversation: what you and the agents said, with secrets masked\n",
  );
  expect((await person.type(["push"], terminal)).stderr).toBe("");
});

test("a push that is done is no failure because its time cannot be noted", async () => {
  using person = await personAt(account);
  mkdirSync(join(person.paths.directory, "exchange-times.json"));
  const outcome = await person.type(["push"]);
  expect(outcome).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("warning: ") });
});
