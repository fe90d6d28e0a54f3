import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { type TestService, testService } from "../support/service.ts";
import { type Person, newPerson, personAt } from "./person.ts";
import { addWork } from "./work.ts";

let service: TestService;
beforeAll(async () => {
  service = await testService();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Puts a remote into the store as it stands, without asking any service. */
function writeRemote(person: Person, url: string, token: string): void {
  const { pathname, origin } = new URL(url);
  const [, org, project] = pathname.split("/");
  const key = `${person.paths.id}::origin`;
  const auth = { type: "bearer", token_ref: `global:${key}` };
  const remote = { url, base_url: origin, org_slug: org, project_slug: project, auth };
  writeFileSync(person.paths.remotes, JSON.stringify({ origin: remote }));
  writeFileSync(`${person.store}/config.json`, JSON.stringify({ tokens: { [key]: token } }));
}

const sentRows = (): string[] =>
  service.log.filter(({ path }) => path.includes("/sync/")).map(({ path }) => path);

describe("the scope check", () => {
  test.each(["push", "pull", "sync"])(
    "keeps %s from moving anything on a mismatch",
    async (verb) => {
      const right = await service.account(`acme/${verb}`);
      const otherOrg = await service.account(`other/${verb}`);
      const otherProject = await service.account(`acme/${verb}-2`, { bound: true });
      using ada = await newPerson();
      addWork(ada, "work", "w");
      service.log.length = 0;
      const attempt = async (token: string) => {
        writeRemote(ada, right.remote, token);
        const { exitCode, error } = await ada.ask([verb]);
        return [exitCode, error.code, (error.message as string).includes(`(${error.code})`)];
      };
      expect(await attempt(otherOrg.token)).toEqual([4, "org_slug_mismatch", true]);
      expect(await attempt(otherProject.token)).toEqual([4, "project_scope_mismatch", true]);
      expect(await attempt(`at_${"x".repeat(43)}`)).toEqual([4, "whoami_unauthorized", true]);
      expect(sentRows()).toEqual([]);
    },
  );

  test("names the command that mends a refused token", async () => {
    const { remote } = await service.account("acme/mend");
    using ada = await newPerson();
    writeRemote(ada, remote, `at_${"x".repeat(43)}`);
    const { stderr } = await ada.type(["push", "--no-progress"]);
    expect(stderr).toBe(
      `error: remote \`origin\` (${service.url}) rejects the token (whoami_unauthorized)\n` +
        "hint: give it another token with `agent-trace remote set-token origin`\n",
    );
  });

  test("lets a remote without a token ask, and be refused", async () => {
    const { remote } = await service.account("acme/open");
    using ada = await newPerson();
    await ada.type(["remote", "add", "origin", remote]);
    expect(await ada.ask(["push"])).toMatchObject({
      exitCode: 4,
      error: { code: "whoami_unauthorized" },
    });
  });

  test("ends with 5 where nobody answers, and says what stays queued", async () => {
    const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const origin = `http://127.0.0.1:${listener.port}`;
    listener.stop(true);
    using ada = await newPerson();
    addWork(ada, "work", "w");
    writeRemote(ada, `${origin}/acme/app`, "at_x");
    expect(await ada.type(["push", "--no-progress"])).toEqual({
      exitCode: 5,
      stdout: "",
      stderr:
        `error: cannot reach remote \`origin\` (${origin}): connection refused (whoami_failed)\n` +
        "hint: 1 trace stays queued; run `agent-trace push` again, or `agent-trace doctor`\n",
    });
  });

  test.each([
    [302, "", 5, "whoami_failed"],
    [200, "<html>", 5, "whoami_failed"],
    [403, '{"error":"no"}', 4, "whoami_failed"],
  ])(
    "ends %d %j with %d",
    async (status, body, exitCode, code) => {
      const server = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: () => new Response(body, { status, headers: { Location: "https://example.com/" } }),
      });
      using ada = await newPerson();
      writeRemote(ada, `http://127.0.0.1:${server.port}/acme/app`, "at_x");
      const environment = { AGENT_TRACE_HTTP_TIMEOUT: "1" };
      const answer = await ada.ask(["push"], { environment });
      await server.stop(true);
      expect({ exitCode: answer.exitCode, code: answer["error"].code }).toEqual({ exitCode, code });
    },
    30_000,
  );

  test("warns of a service from before whoami, and goes on", async () => {
    await using old = await testService({ withoutWhoami: true });
    const account = await old.account();
    using ada = await personAt(account);
    addWork(ada, "work", "w");
    const { exitCode, stderr } = await ada.type(["push", "--no-progress"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `warning: remote \`origin\` (${old.url}) is too old to say whose token this is (whoami_unsupported)\n`,
    });
  });

  test("names the project that nobody registered", async () => {
    const { token } = await service.account("acme/known");
    using ada = await personAt({ remote: `${service.url}/acme/unknown`, token });
    addWork(ada, "work", "w");
    expect(await ada.ask(["push"])).toMatchObject({
      exitCode: 1,
      error: { code: "project_not_found" },
    });
  });
});

describe("a token", () => {
  test("appears in no output of any command, with --debug, on failure or success", async () => {
    const account = await service.account("acme/canary");
    using ada = await personAt(account);
    addWork(ada, "work", "w".repeat(300_000));
    const echo = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => {
        const said = request.headers.get("authorization") ?? "";
        return Response.json({ error: `I got ${said}`, code: "echo", said }, { status: 422 });
      },
    });
    const echoUrl = `http://127.0.0.1:${echo.port}/acme/canary`;
    const outputs: string[] = [];
    const environment = { CANARY: account.token };
    for (const argv of [
      ["remote", "list"],
      ["remote", "show", "origin"],
      ["push"],
      ["pull"],
      ["sync"],
      ["remote", "set-token", "origin", "--token-env", "CANARY"],
      ["remote", "show", "origin"],
      ["remote", "set-url", "origin", echoUrl, "--keep-token"],
      ["push"],
      ["project", "create", echoUrl, "--token", account.token],
      ["remote", "add", "again", account.remote, "--token", account.token, "--create"],
      ["remote", "add", "bad", echoUrl, "--token", `${account.token}\r\nX: y`],
      ["remote", "rename", "again", "more"],
      ["set", "globaluser", account.token],
      ["remove", "globaluser"],
      ["remote", "remove", "more"],
    ]) {
      for (const more of [[], ["--json"]]) {
        const { stdout, stderr } = await ada.type([...argv, "--debug", ...more], { environment });
        outputs.push(stdout + stderr);
      }
    }
    await echo.stop(true);
    const secret = account.token.slice(3, -4);
    expect(outputs.filter((text) => text.includes(secret))).toEqual([]);
    expect(outputs.some((text) => text.includes("I got Bearer ********"))).toBe(true);
  });

  test("comes from the remote's reference alone", async () => {
    const account = await service.account("acme/alone");
    using ada = await personAt(account);
    const environment = { AGENT_TRACE_TOKEN: "at_other", AGENT_TRACE_AUTH_TOKEN: "at_other" };
    expect((await ada.type(["push"], { environment })).exitCode).toBe(0);
  });

  test("of an old store, under a flat key and bound to nothing, is used and bound", async () => {
    const account = await service.account("acme/old");
    using ada = await newPerson();
    writeRemote(ada, account.remote, "unused");
    const remotes = JSON.parse(readFileSync(ada.paths.remotes, "utf8"));
    remotes.origin.auth.token_ref = "global:origin";
    writeFileSync(ada.paths.remotes, JSON.stringify(remotes));
    const config = `${ada.store}/config.json`;
    writeFileSync(config, JSON.stringify({ tokens: { origin: account.token }, other: 1 }));
    const before = readFileSync(config, "utf8");
    expect((await ada.type(["push", "--dry-run"])).exitCode).toBe(0);
    expect(readFileSync(config, "utf8")).toBe(before);
    expect((await ada.type(["push"])).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(config, "utf8"))).toEqual({
      tokens: { origin: account.token },
      other: 1,
      token_origins: { origin: service.url },
    });
  });

  test("is not sent to a place that it is not bound to", async () => {
    const account = await service.account("acme/bound");
    using ada = await personAt(account);
    const remotes = readFileSync(ada.paths.remotes, "utf8");
    const moved = remotes.replaceAll(service.url, "http://127.0.0.1:1");
    writeFileSync(ada.paths.remotes, moved);
    expect(await ada.ask(["push"])).toMatchObject({ exitCode: 4, error: { code: "token_origin" } });
  });

  test.each([
    ["env:NOWHERE", "missing_token", "NOWHERE"],
    ["global:gone", "missing_token", "is gone"],
    ["keychain:x", "invalid_token", "unknown way"],
  ])("that is to be found at %s is missed by name", async (reference, code, part) => {
    const account = await service.account("acme/missing");
    using ada = await personAt(account);
    const remotes = JSON.parse(readFileSync(ada.paths.remotes, "utf8"));
    remotes.origin.auth.token_ref = reference;
    writeFileSync(ada.paths.remotes, JSON.stringify(remotes));
    const answer = await ada.ask(["push"]);
    expect({ exitCode: answer.exitCode, code: answer["error"].code }).toEqual({
      exitCode: 4,
      code,
    });
    expect(answer["error"].message).toContain(part);
  });
});
