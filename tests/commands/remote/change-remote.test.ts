import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { type Account, type TestService, testService } from "../../support/service.ts";
import { type Person, personAt } from "../../sync/person.ts";
import { addWork } from "../../sync/work.ts";

let service: TestService;
let account: Account;
beforeAll(async () => {
  service = await testService();
  account = await service.account();
});
afterAll(() => service[Symbol.asyncDispose]());

const json = (path: string): Record<string, Record<string, unknown>> =>
  JSON.parse(readFileSync(path, "utf8"));
const configOf = (person: Person) => json(`${person.store}/config.json`);

describe("remote set-url", () => {
  test("does not take a token to another place unless told to, and changes nothing", async () => {
    using person = await personAt(account);
    const before = readFileSync(person.paths.remotes, "utf8");
    const move = ["remote", "set-url", "origin", "https://elsewhere.example.com/acme/app"];
    expect((await person.type(move)).exitCode).toBe(2);
    expect(readFileSync(person.paths.remotes, "utf8")).toBe(before);
    const place = service.url.replace("127.0.0.1", "localhost");
    const near = ["remote", "set-url", "origin", `${place}/acme/app`, "--keep-token"];
    expect((await person.type(near)).exitCode).toBe(0);
    expect(Object.values(configOf(person)["token_origins"] ?? {})).toEqual([place]);
  });

  test("asks whether the token that stays fits the new address, and changes nothing where not", async () => {
    using person = await personAt(account);
    const before = readFileSync(person.paths.remotes, "utf8");
    const move = ["remote", "set-url", "origin", `${service.url}/other/app`];
    expect(await person.ask(move)).toMatchObject({
      exitCode: 4,
      error: { code: "org_slug_mismatch", hint: expect.stringContaining("`--token -`") },
    });
    expect(readFileSync(person.paths.remotes, "utf8")).toBe(before);
  });

  test("keeps the token within the same place", async () => {
    using person = await personAt(account);
    const there = `${service.url}/acme/second`;
    expect(await person.type(["remote", "set-url", "origin", `${there}/`])).toEqual({
      exitCode: 0,
      stdout: `Remote origin is now at ${there}\n`,
      stderr: "",
    });
    expect(json(person.paths.remotes)["origin"]).toMatchObject({
      url: there,
      project_slug: "second",
      auth: { token_ref: `global:${person.paths.id}::origin` },
    });
  });
});

describe("a token at a terminal", () => {
  const asked = (question: string): string => `${question}: \n`;

  test("is asked for by set-token, and by set-url for another place", async () => {
    using person = await personAt(account);
    const terminal = { terminal: true, typed: account.token };
    const set = await person.type(["remote", "set-token", "origin"], terminal);
    expect(set).toEqual({
      exitCode: 0,
      stdout: "Remote origin has a new token\n",
      stderr: asked("Token for remote origin"),
    });
    const place = service.url.replace("127.0.0.1", "localhost");
    const move = await person.type(["remote", "set-url", "origin", `${place}/acme/app`], terminal);
    expect({ exitCode: move.exitCode, stderr: move.stderr }).toEqual({
      exitCode: 0,
      stderr: asked(`Token for ${place}`),
    });
    expect(configOf(person)["token_origins"]).toEqual({ [`${person.paths.id}::origin`]: place });
  });

  test("is not asked for where nobody can answer", async () => {
    using person = await personAt(account);
    const needs = "error: `remote set-token` needs `--token` or `--token-env`\n";
    for (const options of [{}, { terminal: true, typed: "x", quiet: true }]) {
      const more = "quiet" in options ? ["--no-input"] : [];
      const { exitCode, stderr } = await person.type(
        ["remote", "set-token", "origin", ...more, "--color=never"],
        options,
      );
      expect({ exitCode, isUsage: stderr.startsWith(needs) }).toEqual({
        exitCode: 2,
        isUsage: true,
      });
    }
  });

  test("is given up with Ctrl-C, and nothing changes", async () => {
    using person = await personAt(account);
    const before = JSON.stringify(configOf(person));
    const { exitCode } = await person.type(["remote", "set-token", "origin"], { terminal: true });
    expect({ exitCode, after: JSON.stringify(configOf(person)) }).toEqual({
      exitCode: 130,
      after: before,
    });
  });
});

test("rename and remove take the secret and the default along", async () => {
  using person = await personAt(account);
  await person.type(["remote", "default", "origin"]);
  expect((await person.type(["remote", "rename", "origin", "team"])).exitCode).toBe(0);
  const key = `${person.paths.id}::team`;
  expect(configOf(person)["tokens"]).toEqual({ [key]: account.token });
  expect(json(person.paths.remotes)["team"]?.["auth"]).toMatchObject({
    token_ref: `global:${key}`,
  });
  expect((await person.ask(["remote", "list"]))["remotes"]).toEqual([
    { name: "team", url: account.remote, default: true, transcripts: "redacted" },
  ]);
  expect((await person.type(["remote", "remove", "team"])).exitCode).toBe(0);
  expect(configOf(person)).toEqual({ tokens: {}, token_origins: {} });
  expect(json(person.paths.config)["remote"]).toEqual({});
});

describe("what a remote is known to have", () => {
  const known = (person: Person): string[] => Object.keys(json(person.paths.syncState)["remotes"]!);
  async function synced(): Promise<Person> {
    const person = await personAt(account);
    addWork(person, "work", "w".repeat(300_000));
    expect((await person.type(["sync"])).exitCode).toBe(0);
    expect(known(person)).toEqual(["origin"]);
    return person;
  }

  test("goes along to a new name, transcripts that are still missing too", async () => {
    using person = await synced();
    const missing = `${person.paths.conversations}/_missing.json`;
    const pointer = { ["0".repeat(64)]: { blob: "1".repeat(64), updated_at: "" } };
    writeFileSync(missing, JSON.stringify({ origin: pointer }));
    const rows = (): number => service.log.filter(({ path }) => path.includes("/sync/")).length;
    const before = rows();
    expect((await person.type(["remote", "rename", "origin", "team"])).exitCode).toBe(0);
    expect([known(person), json(missing)]).toEqual([["team"], { team: pointer }]);
    expect((await person.type(["push"])).stdout).toBe(
      "Everything is up to date with team (1 trace held back)\n",
    );
    expect(rows()).toBe(before);
  });

  test("is forgotten with the remote, and with its address", async () => {
    using person = await synced();
    const missing = `${person.paths.conversations}/_missing.json`;
    writeFileSync(missing, JSON.stringify({ origin: {}, other: {} }));
    await person.type(["remote", "set-url", "origin", `${service.url}/acme/elsewhere`]);
    expect([known(person), json(missing)]).toEqual([[], { other: {} }]);
    await person.type(["remote", "set-url", "origin", account.remote]);
    await person.type(["push"]);
    expect(known(person)).toEqual(["origin"]);
    expect((await person.type(["remote", "remove", "origin"])).exitCode).toBe(0);
    expect(known(person)).toEqual([]);
  });
});
