import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { CliOptions, Outcome } from "../support/cli.ts";
import { agentSession } from "../support/agent-session.ts";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { tempRepo } from "../support/repository.ts";
import { type TestService, adminSecret, testService } from "../support/service.ts";
import { newPerson, personAt } from "../sync/person.ts";

let service: TestService;
beforeAll(async () => {
  service = await testService();
});
afterAll(() => service[Symbol.asyncDispose]());

type Type = (argv: readonly string[], options?: CliOptions) => Promise<Outcome>;

/** Types a command that fails, then what its hint says, then the command again. */
async function follow(
  type: Type,
  argv: readonly string[],
  {
    fill = {},
    more = [],
    options = {},
  }: {
    fill?: Readonly<Record<string, string>>;
    more?: readonly string[];
    options?: CliOptions;
  } = {},
): Promise<{ hint: string; again: Outcome }> {
  const { exitCode, stdout, stderr } = await type(argv);
  expect(exitCode).not.toBe(0);
  const hint =
    /^hint: .*?`agent-trace ([^`]+)`/m.exec(stderr)?.[1] ??
    /^ {8}fix: .*?`?agent-trace ([^`\n]+)/m.exec(stdout)?.[1] ??
    "";
  const words = hint.split(" ").map((word) => fill[word] ?? word);
  const outcome = await type([...words, ...more], options);
  expect({ hint, exitCode: outcome.exitCode, stderr: outcome.stderr }).toMatchObject({
    hint,
    exitCode: 0,
  });
  return { hint, again: await type(argv) };
}

test("a repository that is not set up: `init` helps", async () => {
  using home = temporaryDirectory();
  using repo = tempRepo();
  repo.write("a.ts", "one\n");
  const type: Type = (argv, options) => cli(argv, { home: home.path, cwd: repo.path, ...options });
  const { hint, again } = await follow(type, ["blame", "a.ts"]);
  expect([hint, again.exitCode]).toEqual(["init", 0]);
});

test("no remote: `remote add` helps", async () => {
  const account = await service.account();
  using person = await newPerson();
  const fill = { "<url>": account.remote };
  const { hint, again } = await follow(person.type, ["push"], {
    fill,
    more: ["--token", account.token],
  });
  expect([hint, again.exitCode]).toEqual(["remote add origin <url>", 0]);
});

test("a remote without a token, or with a revoked one: `remote set-token` helps", async () => {
  const account = await service.account();
  using person = await newPerson();
  await person.type(["remote", "add", "origin", account.remote]);
  const more = ["--token", account.token];
  const first = await follow(person.type, ["push"], { more });
  expect([first.hint, first.again.exitCode]).toEqual(["remote set-token origin", 0]);
  await service.request(`/api/v1/tokens/${account.tokenId}`, { method: "DELETE", admin: true });
  const other = await service.account();
  const second = await follow(person.type, ["pull"], { more: ["--token", other.token] });
  expect([second.hint, second.again.exitCode]).toEqual(["remote set-token origin", 0]);
});

test("a project that the service does not know: `project create` helps", async () => {
  const account = await service.account("acme/known");
  using person = await personAt(account);
  await service.request("/api/v1/projects/known", {
    method: "DELETE",
    admin: true,
    body: '{"org_slug":"acme"}',
  });
  const options = { environment: { AGENT_TRACE_ADMIN_SECRET: adminSecret } };
  const { hint, again } = await follow(person.type, ["doctor"], { options });
  expect([hint, again.stdout]).toEqual([
    `project create ${account.remote}`,
    expect.not.stringContaining("is not registered"),
  ]);
});

test("a remote of a wrong name, a misspelled command, an unknown id: the hint leads on", async () => {
  using person = await personAt(await service.account());
  expect((await follow(person.type, ["psuh"])).hint).toBe("push");
  expect((await follow(person.type, ["projects", "show", "at-1"])).hint).toBe("projects");
  expect((await follow(person.type, ["config", "set", "nothing", "1"])).hint).toBe("config show");
  const { stderr } = await person.type(["push", "--remote", "team"]);
  expect(stderr).toContain("hint: there is `origin`\n");
});

test("hooks that were taken away: `init` helps, and doctor says so", async () => {
  using session = await agentSession();
  rmSync(join(session.repo.path, ".git/hooks/post-commit"));
  const { hint, again } = await follow((argv, options) => session.run(argv, options), ["doctor"]);
  expect([hint, again.stdout]).toEqual([
    "init",
    expect.not.stringContaining("post-commit hook does not"),
  ]);
});
