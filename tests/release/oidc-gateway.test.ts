import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chmodSync, copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../support/directories.ts";
import { freePort } from "../support/free-port.ts";
import { gate } from "../support/gate.ts";
import { startNginx } from "../support/nginx.ts";
import { type Account, type TestService, testService } from "../support/service.ts";

const module = "/usr/lib/nginx/modules/ngx_http_js_module.so";
const secret = "a secret of the gateway";

/** As an OIDC proxy answers: it knows a person by a cookie, and says who they are. */
function oidcProxy() {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      if (new URL(request.url).pathname !== "/oauth2/auth") return new Response("log in here");
      const isKnown = request.headers.get("Cookie") === "session=ada";
      return new Response(null, {
        status: isKnown ? 202 : 401,
        headers: isKnown ? { "X-Auth-Request-Email": "ada@example.com" } : {},
      });
    },
  });
}

describe("sign-on by an OIDC proxy, as deploy/oidc does it", () => {
  const directory = temporaryDirectory();
  let at: TestService;
  let account: Account;
  let oidc: ReturnType<typeof oidcProxy>;
  let nginx: Bun.Subprocess | undefined;
  let url = "";

  beforeAll(async () => {
    at = await testService({ service: { gatewaySecret: secret } });
    account = await at.account();
    oidc = oidcProxy();
    if (Bun.which("nginx") === null || !existsSync(module)) return;
    url = `http://127.0.0.1:${freePort()}`;
    const [, head = "", http = ""] =
      /^([^]*?)events \{\}\s+http \{([^]*)\}\s*$/.exec(
        readFileSync("deploy/oidc/nginx.conf", "utf8")
          .replace("127.0.0.1:5080", new URL(at.url).host)
          .replace("127.0.0.1:4180", `127.0.0.1:${oidc.port}`)
          .replace("127.0.0.1:8443", new URL(url).host),
      ) ?? [];
    copyFileSync("deploy/oidc/gateway.js", join(directory.path, "gateway.js"));
    chmodSync(directory.path, 0o755);
    nginx = startNginx({
      directory: directory.path,
      head: `load_module ${module};\n${head}`,
      http,
      environment: { AGENT_TRACE_GATEWAY_SECRET: secret, AGENT_TRACE_ORG: account.orgId },
    });
    for (let isUp = false; !isUp;) {
      isUp = await fetch(url).then(
        () => true,
        () => false,
      );
      if (nginx.exitCode !== null) throw new Error("nginx did not start");
    }
  });
  afterAll(async () => {
    nginx?.kill();
    await nginx?.exited;
    await oidc.stop(true);
    await at[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });

  const needs = {
    needs: ["nginx"],
    unless: existsSync(module) ? undefined : "no JavaScript module of nginx",
  };
  const person = { Cookie: "session=ada" };
  const send = (body: string, headers: Record<string, string>) =>
    fetch(`${url}/api/v1/sync/traces`, { method: "POST", headers, body, redirect: "manual" });

  gate("who is not known is led to the log-in", needs, async () => {
    const answer = await fetch(`${url}/some/page?x=1`, { redirect: "manual" });
    expect([answer.status, new URL(answer.headers.get("Location") ?? "", url).pathname]).toEqual([
      302,
      "/oauth2/start",
    ]);
  });

  gate("who is known may read and write, with bodies short and long", needs, async () => {
    for (const id of ["a", "x".repeat(400), `long-${"y".repeat(100)}`]) {
      const filling = id.startsWith("long") ? "z".repeat(100_000) : "";
      const answer = await send(
        JSON.stringify({ project_id: "app", items: [{ id, filling }] }),
        person,
      );
      expect([answer.status, await answer.json()]).toMatchObject([200, { stored: 1 }]);
    }
    const row = await fetch(`${url}/api/v1/traces/a?project_id=app`, { headers: person });
    expect(await row.json()).toMatchObject({ user_id: "ada@example.com" });
  });

  gate("nobody is another by a header of their own", needs, async () => {
    const forged = { "X-AgentTrace-User": "eve", "X-AgentTrace-Org": account.orgId };
    const answer = await send('{"project_id":"app","items":[{"id":"forged"}]}', forged);
    expect(answer.status).toBe(302);
    const both = await send('{"project_id":"app","items":[{"id":"both"}]}', {
      ...person,
      ...forged,
    });
    expect(both.status).toBe(200);
    const row = await fetch(`${url}/api/v1/traces/both?project_id=app`, { headers: person });
    expect(await row.json()).toMatchObject({ user_id: "ada@example.com" });
  });

  gate("a program with a token needs no log-in", needs, async () => {
    const headers = { Authorization: `Bearer ${account.token}` };
    const answer = await send('{"project_id":"app","items":[{"id":"by token"}]}', headers);
    expect(answer.status).toBe(200);
    const page = await fetch(`${url}/api/v1/sync/traces?project_id=app&limit=1`, { headers });
    expect((await page.json()) as object).toMatchObject({ items: [{}] });
    const wrong = { Authorization: `Bearer at_${"x".repeat(43)}` };
    expect((await send("{}", wrong)).status).toBe(401);
  });
});
