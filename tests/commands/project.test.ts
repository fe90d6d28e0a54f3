import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type Account, type TestService, adminSecret, testService } from "../support/service.ts";
import { type Person, newPerson } from "../sync/person.ts";

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
