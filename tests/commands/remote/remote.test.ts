import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { type Account, type TestService, adminSecret, testService } from "../../support/service.ts";
import { type Person, modeOf, newPerson, personAt } from "../../sync/person.ts";
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
const add = (...more: string[]): string[] => ["remote", "add", "origin", account.remote, ...more];

describe("remote add", () => {
  test("keeps a reference in remotes.json and the secret in config.json, bound to its place", async () => {
    using person = await personAt(account);
    const key = `${person.paths.id}::origin`;
    expect(json(person.paths.remotes)).toEqual({
      origin: {
        url: account.remote,
        base_url: service.url,
        org_slug: "acme",
        project_slug: "app",
        auth: { type: "bearer", token_ref: `global:${key}` },
      },
    });
    expect(configOf(person)).toEqual({
      tokens: { [key]: account.token },
      token_origins: { [key]: service.url },
    });
    expect(modeOf(`${person.store}/config.json`)).toBe("600");
  });

  test("takes a variable's name, and reads the variable at each use", async () => {
    using person = await newPerson();
    const environment = { MY_TOKEN: account.token };
    expect(await person.type(add("--token-env", "MY_TOKEN"), { environment })).toMatchObject({
      exitCode: 0,
      stdout: `Added remote origin (${account.remote})\n`,
    });
    expect(json(person.paths.remotes)["origin"]?.["auth"]).toEqual({
      type: "bearer",
      token_ref: "env:MY_TOKEN",
    });
    expect(JSON.stringify(configOf(person))).not.toContain(account.token);
  });

  test.each([
    [["--token", "at_wrong"], 4, "whoami_unauthorized"],
    [["--token-env", "UNSET_VARIABLE"], 4, "missing_token"],
    [["--token", "at_\nX-Evil: 1"], 4, "invalid_token"],
    [["--token", ""], 4, "invalid_token"],
    [["--token-env", "not a name"], 2, "usage"],
    [["--token", "a", "--token-env", "B"], 2, "usage"],
  ])("refuses %j and writes nothing", async (options, exitCode, code) => {
    using person = await newPerson();
    const answer = await person.ask(add(...options));
    expect({ exitCode: answer.exitCode, code: answer["error"].code }).toEqual({ exitCode, code });
    expect((await person.ask(["remote", "list"]))["remotes"]).toEqual([]);
    expect(answer["error"].message).not.toContain("Evil");
  });

  test("refuses a token of another org, and one that is bound to another project", async () => {
    using person = await newPerson();
    const other = await service.account("other/app");
    const bound = await service.account("acme/second", { bound: true });
    const org = await person.ask(add("--token", other.token));
    expect(org).toMatchObject({ exitCode: 4, error: { code: "org_slug_mismatch" } });
    expect(org["error"].message).toContain("(org_slug_mismatch)");
    const project = await person.ask(add("--token", bound.token));
    expect(project).toMatchObject({ exitCode: 4, error: { code: "project_scope_mismatch" } });
    expect((await person.ask(["remote", "list"]))["remotes"]).toEqual([]);
  });

  test("does not overwrite a remote", async () => {
    using person = await personAt(account);
    expect(await person.ask(add())).toMatchObject({
      exitCode: 6,
      error: { code: "remote_exists" },
    });
  });

  test.each([
    "https://host",
    "https://host/one",
    "https://host/a/b/c",
    "https://host/at/b",
    "https://u:p@host/a/b",
    "https://host/a/b?x",
    "https://host/A/b",
    "ftp://host/a/b",
  ])("shows the grammar for %s", async (url) => {
    using person = await newPerson();
    const answer = await person.ask(["remote", "add", "origin", url]);
    expect(answer).toMatchObject({ exitCode: 2, error: { code: "invalid_url" } });
    expect(answer["error"].hint).toContain("<scheme>://<host>[:port]/<org>/<project>");
  });

  test("registers the project with the admin secret, and does not mind that it is there", async () => {
    using person = await newPerson();
    const url = `${service.url}/acme/made`;
    const environment = { AGENT_TRACE_ADMIN_SECRET: adminSecret };
    const create = (name: string) =>
      person.type(["remote", "add", name, url, "--create"], { environment });
    expect((await create("one")).exitCode).toBe(0);
    expect((await create("two")).exitCode).toBe(0);
    const items = await service.request("/api/v1/projects/made", { token: account.token });
    expect(items.status).toBe(200);
  });

  test("warns of plain http to another machine, not of loopback", async () => {
    using person = await newPerson();
    const far = await person.type(["remote", "add", "far", "http://traces.example.com/a/b"]);
    expect(far.stderr).toStartWith("warning: http://traces.example.com is plain http");
    const near = await person.type(["remote", "add", "near", "http://localhost:1/a/b"]);
    expect(near).toEqual({
      exitCode: 0,
      stdout: "Added remote near (http://localhost:1/a/b)\n",
      stderr: "",
    });
  });

  test("does nothing over the network when it must not", async () => {
    using person = await newPerson();
    expect(await person.ask([...add("--token", account.token), "--offline"])).toMatchObject({
      exitCode: 5,
      error: { code: "offline" },
    });
  });
});

describe("remote show", () => {
  test("shows eight stars and the end of the token, nothing more of it", async () => {
    using person = await personAt(account);
    const { stdout } = await person.type(["remote", "show", "origin"]);
    expect(stdout).toContain(`token    ********${account.token.slice(-4)} (global:`);
    expect(stdout).not.toContain(account.token.slice(0, -4));
  });

  test("names the remotes there are when asked for another", async () => {
    using person = await personAt(account);
    expect(await person.type(["remote", "show", "constructor"])).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "error: no remote named `constructor`\nhint: there is `origin`\n",
    });
  });
});

describe("remote set-url", () => {
  test("does not take a token to another place unless told to, and changes nothing", async () => {
    using person = await personAt(account);
    const before = readFileSync(person.paths.remotes, "utf8");
    const move = ["remote", "set-url", "origin", "https://elsewhere.example.com/acme/app"];
    expect((await person.type(move)).exitCode).toBe(2);
    expect(readFileSync(person.paths.remotes, "utf8")).toBe(before);
    expect((await person.type([...move, "--keep-token"])).exitCode).toBe(0);
    expect(Object.values(configOf(person)["token_origins"] ?? {})).toEqual([
      "https://elsewhere.example.com",
    ]);
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
    const terminal = { terminal: true, secret: account.token };
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
    for (const options of [{}, { terminal: true, secret: "x", quiet: true }]) {
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
    { name: "team", url: account.remote, default: true },
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

describe("project create", () => {
  const environment = { AGENT_TRACE_ADMIN_SECRET: adminSecret };

  test("prints the project, and exits 6 when it is there already", async () => {
    using person = await newPerson();
    const create = ["project", "create", `${service.url}/acme/fresh`, "--name", "Fresh"];
    const { exitCode, stdout } = await person.type(create, { environment });
    expect({ exitCode, project: JSON.parse(stdout) }).toMatchObject({
      exitCode: 0,
      project: { project_id: "fresh", name: "Fresh" },
    });
    expect(await person.ask(create, { environment })).toMatchObject({
      exitCode: 6,
      error: { code: "project_exists" },
    });
  });

  test("needs a token or the secret", async () => {
    using person = await newPerson();
    const create = ["project", "create", `${service.url}/acme/other`];
    expect((await person.type(create)).exitCode).toBe(4);
    const wrong = { AGENT_TRACE_ADMIN_SECRET: "wrong" };
    expect(await person.ask(create, { environment: wrong })).toMatchObject({
      exitCode: 4,
      error: { code: "unauthorized" },
    });
    expect((await person.type([...create, "--token", account.token])).exitCode).toBe(0);
  });
});

test("the old token slot is written and emptied, and said to be read by nobody", async () => {
  using person = await newPerson();
  const set = await person.type(["set", "globaluser", "at_old"]);
  expect(set).toMatchObject({ exitCode: 0 });
  expect(set.stderr).toStartWith("warning: push, pull and sync do not read this token\n");
  expect(configOf(person)).toEqual({ auth_token: "at_old" } as never);
  expect((await person.type(["remove", "globaluser"])).stdout).toBe("Emptied the old token slot\n");
  expect(configOf(person)).toEqual({});
});
