import { expect, test } from "bun:test";
import { createService } from "../../src/service/service.ts";
import { openTeamPages } from "../../src/workflows/team/open-team-pages.ts";
import { calmScene } from "../support/viewer-scene.ts";
import { adminSecret } from "../support/service.ts";
import { teamScene, visitorOf } from "../support/team-scene.ts";

const scene = async (options = {}) => teamScene(await calmScene(), options);
const statusOf = async (answer: Promise<Response>): Promise<number> => (await answer).status;

test("a browser is shown a page at `/`, and a program the list of endpoints", async () => {
  await using at = await scene();
  const ask = (Accept: string) => at.service.request("/", { headers: { Accept } });
  const page = await ask("text/html,application/xhtml+xml,*/*;q=0.8");
  expect(await page.text()).toContain('data-page="team"');
  expect(page.headers.get("Content-Security-Policy")).toMatch(
    /^default-src 'none'; script-src 'sha256-.*require-trusted-types-for 'script'.*frame-ancestors 'none'$/,
  );
  expect(((await (await ask("*/*")).json()) as { name: string }).name).toBe("agent-trace");
});

test("a token logs in once and is kept nowhere: the browser gets another key, which reads alone", async () => {
  await using at = await scene();
  const browser = await at.browser();
  expect(await browser.json<object>("/team/session")).toEqual({ role: null });
  expect(await statusOf(browser.get("/team/projects"))).toBe(401);
  const answer = await browser.logIn(at.account.token);
  expect(answer.headers.get("Set-Cookie")).toMatch(
    /^agent-trace-session=[\w-]{43}; HttpOnly; SameSite=Strict$/,
  );
  expect(`${browser.cookie} ${await answer.text()}`).not.toContain(at.account.token);
  expect(await browser.json<object>("/team/session")).toEqual({
    role: "member",
    org: "acme",
    name: "acme",
    project: null,
    people: false,
    logs_out: true,
  });
  expect(await browser.json<object>("/team/projects")).toMatchObject([
    { project: "app", lines: 17 },
  ]);
  // The key is for the page: what programs ask, and what changes something, does not know it.
  for (const path of [
    "/api/v1/projects",
    "/api/v1/sync/traces?project_id=app",
    "/team/admin/orgs",
  ]) {
    expect([path, (await browser.get(path)).status]).toEqual([path, 401]);
  }
  const former = { Cookie: browser.cookie };
  const over = await browser.logIn(at.account.token, { "X-Forwarded-Proto": "https" });
  expect(over.headers.get("Set-Cookie")).toEndWith("; Secure");
  // The browser has another key now, and the former one opens nothing.
  expect(await statusOf(browser.get("/team/projects"))).toBe(200);
  expect(await statusOf(browser.get("/team/projects", former))).toBe(401);
  const { token } = at.account;
  for (const path of [`/${token}`, `/team/${token}`, `/api/v1/tokens/${token}`]) {
    expect([path, (await browser.get(path)).status]).toEqual([
      path,
      path.startsWith("/api") ? 405 : 404,
    ]);
  }
  expect(JSON.stringify(at.service.log)).not.toContain(token);
  expect(JSON.stringify(at.service.log)).not.toContain(browser.cookie.split("=")[1] ?? "-");
});

test("who logs out, or whose token or time ends, is out, also where the key was kept", async () => {
  let now = Date.now() * 1000;
  await using at = await scene({ service: { now: () => now } });
  const browser = await at.browser();
  await browser.logIn(at.account.token);
  const kept = { Cookie: browser.cookie };
  expect(await statusOf(browser.get("/team/projects", kept))).toBe(200);
  const out = await browser.logOut();
  expect(out.headers.get("Set-Cookie")).toContain("Max-Age=0");
  expect(await statusOf(browser.get("/team/projects", kept))).toBe(401);
  await browser.logIn(at.account.token);
  now += 12 * 60 * 60 * 1_000_000 - 1;
  expect(await statusOf(browser.get("/team/projects"))).toBe(200);
  now += 2;
  expect(await statusOf(browser.get("/team/projects"))).toBe(401);
  await browser.logIn(at.account.token);
  await at.service.request(`/api/v1/tokens/${at.account.tokenId}`, {
    method: "DELETE",
    admin: true,
  });
  expect(await statusOf(browser.get("/team/projects"))).toBe(401);
  expect(await statusOf(browser.logIn(at.account.token))).toBe(401);
});

test("who guesses tokens is soon no longer listened to, and a token that may not read opens nothing", async () => {
  await using at = await scene();
  const blind = await at.service.account("acme/app", { scopes: ["write"] });
  const browser = await at.browser();
  expect(await statusOf(browser.logIn(blind.token))).toBe(403);
  const wrong = `at_${"A".repeat(43)}`;
  const statuses = new Set<number>();
  for (let tries = 0; tries < 130; tries++) statuses.add((await browser.logIn(wrong)).status);
  expect([...statuses]).toEqual([401, 429]);
});

test("nothing is answered to what another site asks, also where the cookie came along", async () => {
  await using at = await scene();
  const browser = await at.browser();
  for (const headers of [
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    { "Sec-Fetch-Site": "", Origin: "http://evil.example" },
  ] as Record<string, string>[]) {
    const foreign = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
    const login = at.service.request("/team/session", {
      method: "POST",
      headers: foreign,
      body: JSON.stringify({ secret: at.account.token }),
    });
    expect(await statusOf(login)).toBe(403);
    await browser.logIn(at.account.token);
    for (const path of [
      "/team/projects",
      "/team/session",
      "/team/report?project_id=app&format=csv",
    ]) {
      const answer = await at.service.request(path, {
        headers: { ...foreign, Cookie: browser.cookie },
      });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  }
  // Plain HTTP in a network: browsers say where a page came from, and nothing else.
  const { host, origin } = new URL(at.service.url);
  const own = { Cookie: browser.cookie, Origin: origin, Host: host };
  expect(await statusOf(at.service.request("/team/projects", { headers: own }))).toBe(200);
  // No page may hold us in a frame, take an answer for a script, or read it from elsewhere.
  const answer = await browser.get("/team/projects");
  expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(answer.headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
  expect(answer.headers.get("Access-Control-Allow-Origin")).toBeNull();
});

const ofProject = [
  "report?weeks=all",
  "report?weeks=all&format=csv&by=file",
  "conversations?",
  "search?q=parser",
  "file?path=src/parser.ts",
] as const;

test("nothing of one org shows to another, whatever is asked", async () => {
  await using at = await scene();
  const other = await at.service.account("umbrella/app");
  const [own, foreign] = [await at.browser(), await at.browser()];
  await own.logIn(at.account.token);
  await foreign.logIn(other.token);
  const [listed] = (
    await own.json<{ conversations: { id: string }[] }>("/team/conversations?project_id=app")
  ).conversations;
  const id = listed?.id ?? "";
  const secret = /parser\.ts|Write a parser|claude-code|acme/;
  for (const path of ofProject) {
    const ask = async (visitor: typeof own): Promise<[number, boolean]> => {
      const answer = await visitor.get(`/team/${path}&project_id=app`);
      // What was asked for stands in the answer.
      const text = (await answer.text()).replace('"path":"src/parser.ts"', "");
      return [answer.status, secret.test(text)];
    };
    expect([path, await ask(own), await ask(foreign)]).toEqual([path, [200, true], [200, false]]);
  }
  for (const path of [`conversation?id=${id}&turns=0&changes=0`, `tool?id=${id}&turn=1&part=1`]) {
    expect(await statusOf(own.get(`/team/${path}&project_id=app`))).toBe(200);
    const theirs = await foreign.get(`/team/${path}&project_id=app`);
    expect([path, theirs.status, secret.test(await theirs.text())]).toEqual([path, 404, false]);
  }
  expect(await foreign.json<object>("/team/projects")).toMatchObject([{ commits: 0, lines: 0 }]);
  // A project that only the other org has is one that is not there.
  await at.service.account("acme/secret");
  expect(await statusOf(foreign.get("/team/report?project_id=secret"))).toBe(404);
  expect(await statusOf(own.get("/team/report?project_id=secret"))).toBe(200);
});

test("a token of one project opens that one alone", async () => {
  await using at = await scene();
  const bound = await at.service.account("acme/other", { bound: true });
  const browser = await at.browser();
  await browser.logIn(bound.token);
  const projects = await browser.json<{ project: string }[]>("/team/projects");
  expect(projects.map(({ project }) => project)).toEqual(["other"]);
  expect(await statusOf(browser.get("/team/report?project_id=app"))).toBe(403);
});

test("the admin secret shows tokens, audit and storage, no conversation, and ends with the secret", async () => {
  await using at = await scene();
  const [admin, member] = [await at.browser(), await at.browser()];
  await admin.logIn(adminSecret);
  await member.logIn(at.account.token);
  expect(await admin.json<object>("/team/session")).toEqual({ role: "admin", logs_out: true });
  const orgs = await admin.json<{ org: string; tokens: object[] }[]>("/team/admin/orgs");
  expect(orgs.find(({ org }) => org === "acme")?.tokens).toMatchObject([{ state: "live" }]);
  expect(JSON.stringify(orgs)).not.toContain(at.account.token);
  expect(await admin.json<object[]>("/team/admin/audit")).toContainEqual(
    expect.objectContaining({ org: "acme", action: "project.create", target: "app" }),
  );
  expect(await (await admin.get("/team/admin/audit?format=csv")).text()).toStartWith(
    "at,org,actor",
  );
  for (const path of [...ofProject.map((one) => `/team/${one}&project_id=app`), "/team/projects"]) {
    expect([path, (await admin.get(path)).status]).toEqual([path, 401]);
  }
  for (const path of ["/team/admin/orgs", "/team/admin/audit"]) {
    expect([path, (await member.get(path)).status]).toEqual([path, 401]);
  }
  const changed = createService({
    database: at.service.records,
    segments: at.service.segments,
    adminSecret: "another secret of sixteen",
    pages: await openTeamPages(),
  });
  const headers = { Cookie: admin.cookie, "Sec-Fetch-Site": "same-origin" };
  const after = changed.fetch(new Request("http://service/team/admin/orgs", { headers }));
  expect(await statusOf(after)).toBe(401);
});

test("tables by person are there only where an org switched them on, and every member sees that it has", async () => {
  await using at = await scene();
  const browser = await at.browser();
  await browser.logIn(at.account.token);
  const people = "/team/people?project_id=app";
  expect(await statusOf(browser.get(people))).toBe(403);
  const list = (await (await browser.get("/team/conversations?project_id=app")).text()) as string;
  expect(list).not.toContain("person");
  await at.service.request("/api/v1/orgs/acme/people", {
    method: "POST",
    admin: true,
    body: '{"shown":true}',
  });
  expect(await browser.json<object>("/team/session")).toMatchObject({ people: true });
  expect(await browser.json<object[]>(people)).toMatchObject([
    { conversations: 1, edits: 1, lines: 17 },
  ]);
  expect(await browser.json<object>("/team/conversations?project_id=app")).toMatchObject({
    conversations: [{ person: expect.stringMatching(/^at_/) }],
  });
});

test("whom a gateway vouches for needs no token and is logged out by the gateway", async () => {
  const gatewaySecret = "the gateway's secret";
  await using at = await scene({ service: { gatewaySecret } });
  const sign = (org: string, secret = gatewaySecret): Record<string, string> => {
    const body = new Bun.CryptoHasher("sha256").update("").digest("hex");
    const signature = new Bun.CryptoHasher("sha256", secret)
      .update(`${org}\nada\n\n${body}`)
      .digest("hex");
    return {
      "X-AgentTrace-Org": org,
      "X-AgentTrace-User": "ada",
      "X-AgentTrace-Signature": signature,
    };
  };
  const visitor = visitorOf(at.service);
  const session = await visitor.get("/team/session", sign(at.account.orgId));
  expect(await session.json()).toMatchObject({ role: "member", org: "acme", logs_out: false });
  expect(await statusOf(visitor.get("/team/projects", sign(at.account.orgId)))).toBe(200);
  expect(await statusOf(visitor.get("/team/projects", sign(at.account.orgId, "guessed")))).toBe(
    401,
  );
});

test("a program with a token gets the same as JSON and CSV, and no cell of it is a formula", async () => {
  const session = await calmScene();
  await session.write("=cmd|' /C calc'!A0.ts", "one\n");
  await session.commit("A name that a spreadsheet would run");
  await using at = await teamScene(session);
  const get = (path: string) => at.service.request(`/team/${path}`, { token: at.account.token });
  const file = await get("report?project_id=app&weeks=all&format=csv&by=file");
  expect(file.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
  const text = await file.text();
  expect(text).toStartWith("path,commits,added,ai,unattributed\n");
  expect(text).toContain("\n'=cmd|' /C calc'!A0.ts,1,1,1,0\n");
  for (const by of ["week", "agent", "commit"]) {
    expect((await get(`report?project_id=app&weeks=all&format=csv&by=${by}`)).status).toBe(200);
  }
  for (const [path, status] of [
    ["report?project_id=app&format=csv&by=author", 400],
    ["report?project_id=app&weeks=0", 400],
    ["report?project_id=app&range=main..HEAD", 400],
    ["report?project_id=app&range=ffff", 404],
    ["report", 400],
    ["search?project_id=app&q=a", 400],
    [`search?project_id=app&q=${"a".repeat(200)}`, 200],
    [`search?project_id=app&q=${"a".repeat(201)}`, 400],
    ["tool?project_id=app&id=x&turn=0&part=0&format=csv", 404],
    ["conversation?project_id=app&id=none&turns=0&changes=0", 404],
  ] as const) {
    expect([path, (await get(path)).status]).toEqual([path, status]);
  }
  expect(at.service.failures).toEqual([]);
});
