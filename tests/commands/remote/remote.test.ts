import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { type Account, type TestService, adminSecret, testService } from "../../support/service.ts";
import { type Person, modeOf, newPerson, personAt } from "../../sync/person.ts";

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

  test("binds a variable that is set elsewhere, as in CI, and says so", async () => {
    using person = await newPerson();
    expect(await person.type(add("--token-env", "CI_TOKEN"))).toEqual({
      exitCode: 0,
      stdout: `Added remote origin (${account.remote})\n`,
      stderr: "warning: `CI_TOKEN` is not set here: its token is checked at its use\n",
    });
    expect(await person.ask(["push"])).toMatchObject({
      exitCode: 4,
      error: { code: "missing_token" },
    });
    const environment = { CI_TOKEN: account.token };
    expect((await person.type(["push"], { environment })).exitCode).toBe(0);
  });

  test("says how to give another token, of a remote that is not there yet", async () => {
    using person = await newPerson();
    expect(await person.type(add("--token", "at_wrong"))).toEqual({
      exitCode: 4,
      stdout: "",
      stderr:
        `error: remote \`origin\` (${service.url}) rejects the token (whoami_unauthorized)\n` +
        "hint: give it another token with `--token -`\n",
    });
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

describe("remotes.json of other programs", () => {
  const write = (person: Person, remotes: object): void =>
    writeFileSync(person.paths.remotes, JSON.stringify(remotes));

  test.each([[{}], [{ auth: null }], [{ auth: { type: "bearer", token_ref: null } }]])(
    "an entry of a URL and %j is a remote",
    async (more) => {
      using person = await newPerson();
      write(person, { origin: { url: account.remote, ...more } });
      const list = await person.type(["remote", "list"]);
      expect(list).toEqual({
        exitCode: 0,
        stdout: `origin  ${account.remote}  (default)\n`,
        stderr: "",
      });
      expect(await person.type(["push"])).toMatchObject({
        exitCode: 4,
        stderr: expect.stringContaining(
          "wants a token (whoami_unauthorized)\nhint: give it a token with `agent-trace remote set-token origin`\n",
        ),
      });
    },
  );

  test("a bad entry is told by name, leaves the others, and can be removed", async () => {
    using person = await personAt(account);
    const remotes = json(person.paths.remotes);
    write(person, { ...remotes, broken: { base: 1 } });
    const list = await person.type(["remote", "list"]);
    expect(list.stdout).toStartWith("origin  ");
    expect(list.stderr).toMatch(
      /^warning: remote `broken` in `.*` cannot be read: it has no `url`\nhint: take it out with `agent-trace remote remove broken`, and add it again\n$/,
    );
    await person.type(["remote", "set-url", "origin", account.remote]);
    expect(Object.keys(json(person.paths.remotes))).toEqual(["origin", "broken"]);
    expect((await person.type(["remote", "remove", "broken"])).exitCode).toBe(0);
    expect(await person.type(["remote", "list"])).toMatchObject({ stderr: "" });
  });

  test("a token that stands in the file itself is used, and never shown", async () => {
    using person = await newPerson();
    const auth = { type: "bearer", token_ref: account.token };
    write(person, { origin: { url: account.remote, auth } });
    const shown = await person.type(["remote", "show", "origin"]);
    expect(shown.stdout).toContain(`token    ********${account.token.slice(-4)} (remotes.json)\n`);
    const document = JSON.stringify(await person.ask(["remote", "show", "origin"]));
    expect(document).not.toContain(account.token.slice(0, -4));
    expect((await person.type(["push"])).exitCode).toBe(0);
    const doctor = await person.type(["doctor"]);
    expect(doctor.stdout).toContain(
      "warn  the token of remote `origin` stands in remotes.json, where other programs read it\n        see: agent-trace remote set-token origin\n",
    );
  });
});
