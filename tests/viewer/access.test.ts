import { expect, test } from "bun:test";
import { createViewer } from "../../src/viewer/create-viewer.ts";
import { contentPolicy, renderPage } from "../../src/viewer/page.ts";
import type { ViewerSource } from "../../src/viewer/views.ts";

const assets = { script: "1;", style: "p{}" };
const asked: string[] = [];
const source = new Proxy({} as ViewerSource, {
  get: (_, name) => async () => {
    asked.push(String(name));
    return [];
  },
});

function viewer() {
  const made = createViewer({
    source,
    assets,
    key: "the-key",
    signal: new AbortController().signal,
    onFailure: () => {},
    refusal: () => undefined,
  });
  made.bind(4000);
  return (path: string, headers: Record<string, string> = {}) =>
    made.fetch(
      new Request(`http://127.0.0.1:4000${path}`, {
        headers: { Host: "127.0.0.1:4000", ...headers },
      }),
    );
}

async function opened() {
  const get = viewer();
  const response = await get("/open/the-key");
  const Cookie = (response.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
  return { get, response, Cookie };
}

test("the key opens the pages once, and the cookie from then on", async () => {
  const { get, response, Cookie } = await opened();
  expect([response.status, response.headers.get("Location")]).toEqual([303, "/"]);
  expect(response.headers.get("Set-Cookie")).toEndWith("; Path=/; HttpOnly; SameSite=Strict");
  expect((await get("/", { Cookie })).status).toBe(200);
  expect((await get("/open/the-key")).status).toBe(403);
  expect((await get("/open/the-key", { Cookie })).status).toBe(303);
});

test.each([
  "/",
  "/api/project",
  "/api/file?path=a",
  "/api/sessions",
  "/api/health",
  "/api/events",
  "/open/a-key",
])("%s is refused without the key, and nothing is read", async (path) => {
  asked.length = 0;
  const get = viewer();
  expect((await get(path)).status).toBe(403);
  expect((await get(path, { Cookie: "agent-trace-4000=guess" })).status).toBe(403);
  expect(asked).toEqual([]);
});

test("a foreign name that leads here, and a foreign site, are refused with the cookie too", async () => {
  const { get, Cookie } = await opened();
  asked.length = 0;
  for (const Host of ["evil.example", "evil.example:4000", "127.0.0.1:4001", "127.0.0.1", ""]) {
    expect((await get("/api/project", { Cookie, Host })).status).toBe(421);
  }
  const foreign: Record<string, string>[] = [
    { Origin: "http://evil.example" },
    { Origin: "http://localhost:4000" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ];
  for (const headers of foreign) {
    expect((await get("/api/project", { Cookie, ...headers })).status).toBe(403);
  }
  expect(asked).toEqual([]);
  expect((await get("/api/project", { Cookie, "Sec-Fetch-Site": "same-origin" })).status).toBe(200);
});

test("every answer carries the policy, refusals too", async () => {
  const { get, Cookie } = await opened();
  for (const response of [await get("/", { Cookie }), await get("/"), await get("/nothing")]) {
    expect(response.headers.get("Content-Security-Policy")).toBe(
      `${contentPolicy(assets)}; frame-ancestors 'none'`,
    );
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
  }
  expect(contentPolicy(assets)).not.toMatch(/unsafe|\*|https?:/);
});

test("no text within an exported page ends the element that holds it", () => {
  const page = renderPage(assets, { embedded: { a: "</script><script>alert(1)</script><!--" } });
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).toContain("connect-src 'none'");
});
