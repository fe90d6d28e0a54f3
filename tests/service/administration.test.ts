import { expect, test } from "bun:test";
import { defaultOrg } from "../../src/service/records.ts";
import { type TestService, testService } from "../support/service.ts";

/** The status and document of an admin's request. */
async function admin(at: TestService, method: string, path: string, body?: object) {
  const answer = await at.request(path, {
    method,
    admin: true,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return [answer.status, text === "" ? null : JSON.parse(text)];
}

const refusal = (code: string, more = {}) => ({ error: expect.any(String), code, ...more });

test("an org is made once; its slug and its id are nobody else's", async () => {
  await using at = await testService();
  const make = (body: object) => admin(at, "POST", "/api/v1/orgs", body);
  const acme = { id: crypto.randomUUID(), slug: "acme", name: "Acme" };
  expect(await make(acme)).toEqual([201, acme]);
  expect(await make(acme)).toEqual([200, acme]);
  expect(await make({ slug: "acme", name: "Other" })).toEqual([200, acme]);
  expect(await make({ slug: "acme", id: crypto.randomUUID() })).toEqual([
    409,
    refusal("org_slug_conflict"),
  ]);
  expect(await make({ slug: "acme2", id: acme.id })).toEqual([409, refusal("org_id_conflict")]);
  expect(await make({ slug: "Acme" })).toEqual([400, refusal("invalid_slug")]);
  expect(await make({})).toEqual([400, refusal("invalid_slug")]);
  expect(await make({ slug: 7 })).toEqual([400, refusal("invalid_slug")]);
  expect(await make({ slug: "a", id: "no-uuid" })).toEqual([400, refusal("invalid_id")]);
  expect(await make({ slug: "a", id: "../x" })).toEqual([400, refusal("invalid_id")]);
  expect(await make({ slug: "umbrella" })).toEqual([
    201,
    { id: expect.stringMatching(/^[0-9a-f-]{36}$/), slug: "umbrella", name: "umbrella" },
  ]);
});

test("a token is made for the org that is named, or the default one, and shown once", async () => {
  await using at = await testService();
  const make = (body: object) => admin(at, "POST", "/api/v1/tokens", body);
  const [status, made] = await make({ name: "ci", project_id: "app", scopes: ["write"] });
  expect([status, made]).toEqual([
    201,
    {
      id: expect.any(String),
      token: expect.stringMatching(/^at_[\w-]{43}$/),
      prefix: made.token.slice(0, 8),
      org_id: defaultOrg.id,
      project_id: "app",
      scopes: ["write"],
      name: "ci",
      note: expect.any(String),
    },
  ]);
  const [, { items }] = await admin(at, "GET", `/api/v1/tokens?org_id=${defaultOrg.id}`);
  expect(items).toEqual([
    {
      id: made.id,
      prefix: made.prefix,
      org_id: defaultOrg.id,
      project_id: "app",
      scopes: ["write"],
      name: "ci",
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      last_used_at: null,
      revoked_at: null,
      expires_at: null,
    },
  ]);
  expect(JSON.stringify(items)).not.toContain(made.token);
  expect(await make({ org_id: "nobody" })).toEqual([404, refusal("org_not_found")]);
  expect(await make({ scopes: ["root"] })).toEqual([400, refusal("invalid_scopes")]);
  expect(await make({ scopes: [] })).toEqual([400, refusal("invalid_scopes")]);
  expect(await make({ project_id: "../x" })).toEqual([400, refusal("invalid_slug")]);
});

test("a token can be verified until it is revoked", async () => {
  await using at = await testService();
  const { token, tokenId, orgId } = await at.account();
  const verify = async () => {
    const answer = await at.request("/api/v1/tokens/verify", {
      method: "POST",
      body: JSON.stringify({ token }),
    });
    return [answer.status, await answer.json()];
  };
  expect(await verify()).toEqual([
    200,
    {
      valid: true,
      org_id: orgId,
      org_slug: "acme",
      project_id: null,
      scopes: ["read", "write", "projects:write"],
    },
  ]);
  expect(await admin(at, "DELETE", `/api/v1/tokens/${tokenId}`)).toEqual([200, { ok: true }]);
  expect(await verify()).toEqual([401, { valid: false, error: expect.any(String) }]);
});

test("an admin names a project's org by id, by slug, by both if they agree, or not at all", async () => {
  await using at = await testService();
  const { orgId } = await at.account("acme/app");
  const make = (body: object) => admin(at, "POST", "/api/v1/projects", body);
  expect(await make({ project_id: "one", org_slug: "acme", description: "what it is" })).toEqual([
    201,
    {
      org_id: orgId,
      project_id: "one",
      name: null,
      description: "what it is",
      created_at: expect.stringMatching(/Z$/),
    },
  ]);
  expect((await make({ project_id: "two", org_id: orgId, org_slug: "acme" }))[0]).toBe(201);
  expect(await make({ project_id: "three" })).toEqual([
    201,
    expect.objectContaining({ org_id: defaultOrg.id }),
  ]);
  expect(await make({ project_id: "x", org_slug: "nobody" })).toEqual([
    404,
    refusal("org_not_found"),
  ]);
  expect(await make({ project_id: "x", org_id: orgId, org_slug: "default" })).toEqual([
    400,
    refusal("org_slug_mismatch", { expected: "acme", got: "default" }),
  ]);
  expect(await admin(at, "DELETE", "/api/v1/projects/one", { org_id: orgId })).toEqual([204, null]);
  expect(await admin(at, "DELETE", "/api/v1/projects/one", { org_id: orgId })).toEqual([
    404,
    refusal("project_not_found"),
  ]);
});

test("health tells whether the database answers, and HEAD asks without a body", async () => {
  let moment = Date.now() * 1000;
  // What was found out stays good for a second.
  await using at = await testService({ service: { now: () => (moment += 2_000_000) } });
  const ask = async (method: string) => {
    const answer = await fetch(`${at.url}/health`, { method });
    return { status: answer.status, text: await answer.text() };
  };
  expect(JSON.parse((await ask("GET")).text)).toEqual({
    status: "ok",
    db: "connected",
    schema_version: "1",
    build: "test",
    timestamp: expect.stringMatching(/\.\d{6}Z$/),
  });
  expect(await ask("HEAD")).toEqual({ status: 200, text: "" });
  at.records.ping = () => Promise.reject(new Error("gone"));
  const down = await ask("GET");
  expect([down.status, JSON.parse(down.text)]).toMatchObject([503, { status: "error" }]);
});

test("the version tells epoch, capabilities and limits", async () => {
  await using at = await testService({ service: { blobMaxBytes: 12_345 } });
  expect(await (await at.request("/api/v1/version")).json()).toEqual({
    name: "agent-trace",
    schema_version: "1",
    build: "test",
    epoch: at.records.epoch,
    capabilities: [
      "row-status",
      "places",
      "digest",
      "blobs-missing",
      "blob-append",
      "purge",
      "commit-counts",
      "zstd",
      "gzip",
    ],
    limits: {
      batch_items: 500,
      batch_bytes: 8_388_608,
      row_bytes: 4_194_304,
      page_items: 1000,
      append_bytes: 16_777_216,
      blob_bytes: 12_345,
    },
  });
});
