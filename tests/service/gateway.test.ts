import { describe, expect, test } from "bun:test";
import { sha256Hex } from "../../src/schema/digest.ts";
import { testService } from "../support/service.ts";

const secret = "the proxy's secret";

/** What a proxy that has authenticated the user adds to a request. */
function signed(
  who: { org: string; user?: string; project?: string },
  body: string | Uint8Array = "",
  key = secret,
): Record<string, string> {
  const { org, user = "ada", project = "" } = who;
  return {
    "X-AgentTrace-Org": org,
    "X-AgentTrace-User": user,
    "X-AgentTrace-Project": project,
    "X-AgentTrace-Signature": new Bun.CryptoHasher("sha256", key)
      .update(`${org}\n${user}\n${project}\n${sha256Hex(body)}`)
      .digest("hex"),
  };
}

async function scene() {
  const at = await testService({ service: { gatewaySecret: secret } });
  const { orgId, token } = await at.account();
  await at.account("acme/other");
  const send = (
    path: string,
    headers: Record<string, string>,
    body?: string | Uint8Array<ArrayBuffer>,
  ) => at.request(path, { headers, ...(body === undefined ? {} : { method: "POST", body }) });
  return { at, orgId, token, send, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

const batch = '{"project_id":"app","items":[{"id":"a"}]}';

describe("a signing gateway", () => {
  test("speaks for a user of an org, who is kept with the rows", async () => {
    await using made = await scene();
    const { send, orgId: org } = made;
    const whoami = await send("/api/v1/auth/whoami", signed({ org }));
    expect(await whoami.json()).toEqual({
      org_id: org,
      org_slug: "acme",
      project_id_scope: null,
      scopes: ["read", "write"],
    });
    expect((await send("/api/v1/sync/traces", signed({ org }, batch), batch)).status).toBe(200);
    const trace = await send("/api/v1/traces/a?project_id=app", signed({ org, user: "bob" }));
    expect(await trace.json()).toEqual({ trace: { id: "a" }, user_id: "ada" });
  });

  test("vouches for nothing that another site has the user's browser send", async () => {
    await using made = await scene();
    const { send, orgId: org } = made;
    for (const foreign of [
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { Origin: "https://evil.example" },
      { Origin: "null" },
    ] as Record<string, string>[]) {
      const form = { "Content-Type": "text/plain", ...foreign };
      const sent = send("/api/v1/sync/traces", { ...signed({ org }, batch), ...form }, batch);
      expect([foreign, (await sent).status]).toEqual([foreign, 403]);
    }
    const own = { ...signed({ org }), "Sec-Fetch-Site": "same-origin" };
    expect(await (await send("/api/v1/sync/traces?project_id=app", own)).json()).toMatchObject({
      items: [],
    });
  });

  test("may confine the user to one project", async () => {
    await using made = await scene();
    const { send, orgId: org } = made;
    const status = async (project: string) =>
      (await send("/api/v1/sync/traces?project_id=app", signed({ org, project }))).status;
    expect([await status("app"), await status("other")]).toEqual([200, 403]);
  });

  test("loses nothing of a person's rate to who forges their name", async () => {
    const at = await testService({ service: { gatewaySecret: secret, rate: 1, now: () => 1e15 } });
    await using made = { at, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
    const { orgId: org } = await made.at.account();
    const upload = async (headers: Record<string, string>) =>
      (await at.request("/api/v1/blobs", { method: "POST", headers, body: "bytes" })).status;
    const digest = { "X-AgentTrace-Body-SHA256": sha256Hex("bytes") };
    const forged = signed({ org }, "bytes", "a guess");
    for (let tries = 0; tries < 20; tries++) {
      expect([401, 429]).toContain(await upload(forged));
      expect([401, 429]).toContain(await upload({ ...forged, ...digest }));
    }
    expect(await upload({ ...signed({ org }, "bytes"), ...digest })).toBe(201);
    // A digest that is signed, and a body that has another one.
    expect(
      await upload({ ...signed({ org }, "other"), "X-AgentTrace-Body-SHA256": sha256Hex("other") }),
    ).toBe(401);
  });

  test("signs the body, also a streamed and a compressed one", async () => {
    await using made = await scene();
    const { send, at, orgId: org } = made;
    const blob = await send("/api/v1/blobs", signed({ org }, "bytes"), "bytes");
    expect(blob.status).toBe(201);
    const packed = Bun.gzipSync(new TextEncoder().encode(batch));
    const headers = { ...signed({ org }, packed), "Content-Encoding": "gzip" };
    expect((await send("/api/v1/sync/traces", headers, packed)).status).toBe(200);

    const other = await send("/api/v1/blobs", signed({ org }, "bytes"), "other bytes");
    expect([other.status, ((await other.json()) as { code: string }).code]).toEqual([
      401,
      "invalid_signature",
    ]);
    const kept = await send(`/api/v1/blobs/${sha256Hex("other bytes")}`, signed({ org }));
    expect(kept.status).toBe(404);
    expect(at.failures).toEqual([]);
  });

  test.each([
    ["by another key", (org: string) => signed({ org }, "", "another")],
    ["of another user", (org: string) => ({ ...signed({ org }), "X-AgentTrace-User": "eve" })],
    ["of another project", (org: string) => ({ ...signed({ org }), "X-AgentTrace-Project": "x" })],
    ["of an org that is none", () => signed({ org: "nobody" })],
    ["that is garbage", (org: string) => ({ ...signed({ org }), "X-AgentTrace-Signature": "x" })],
    ["that is empty", (org: string) => ({ ...signed({ org }), "X-AgentTrace-Signature": "" })],
  ])("with a signature %s is refused, and a token beside it changes nothing", async (_n, make) => {
    await using made = await scene();
    const { send, orgId, token } = made;
    const headers = { ...make(orgId), Authorization: `Bearer ${token}` };
    expect((await send("/api/v1/auth/whoami", headers)).status).toBe(401);
  });

  test("cannot make or delete projects, nor do what admins do", async () => {
    await using made = await scene();
    const { send, orgId: org } = made;
    const body = '{"project_id":"new"}';
    expect((await send("/api/v1/projects", signed({ org }, body), body)).status).toBe(403);
    expect((await send("/api/v1/orgs", signed({ org }))).status).toBe(403);
  });

  test("is not heard where no secret is set", async () => {
    await using at = await testService();
    const { orgId: org } = await at.account();
    const answer = await at.request("/api/v1/auth/whoami", { headers: signed({ org }) });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      401,
      "missing_token",
    ]);
  });
});
