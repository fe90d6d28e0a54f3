import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { sha256Hex } from "../../src/schema/digest.ts";
import { testService } from "../support/service.ts";

async function scene() {
  const at = await testService();
  const account = await at.account("acme/app");
  const post = async (resource: string, items: unknown, token = account.token) => {
    const body = JSON.stringify({ project_id: "app", items });
    const answer = await at.request(`/api/v1/sync/${resource}`, { method: "POST", token, body });
    return { answer, said: (await answer.json()) as Record<string, unknown> };
  };
  const get = async (path: string, init: { token?: string; headers?: object } = {}) => {
    const answer = await at.request(path, { token: account.token, ...(init as object) });
    return { answer, said: (await answer.json()) as Record<string, never> };
  };
  return { at, account, post, get, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

describe("a project's identity", () => {
  test("is another one when the project was deleted and made again", async () => {
    await using here = await scene();
    const { at, get } = here;
    const epoch = async () => {
      const { answer } = await get("/api/v1/sync/traces?project_id=app");
      const { said } = await get("/api/v1/version?project_id=app");
      return [answer.headers.get("Agent-Trace-Epoch"), said["epoch"]];
    };
    expect(await epoch()).toEqual([`${at.records.epoch}.1`, `${at.records.epoch}.1`]);
    const body = JSON.stringify({ org_slug: "acme" });
    await at.request("/api/v1/projects/app", { method: "DELETE", admin: true, body });
    await at.account("acme/app");
    expect(await epoch()).toEqual([`${at.records.epoch}.2`, `${at.records.epoch}.2`]);
  });

  test("is kept from our first versions, which know the database's alone", async () => {
    await using here = await scene();
    const { at, get } = here;
    const headers = { "User-Agent": "agent-trace/0.1.0 (bun-linux-x64)" };
    const { answer } = await get("/api/v1/sync/traces?project_id=app", { headers });
    expect(answer.headers.get("Agent-Trace-Epoch")).toBe(at.records.epoch);
  });

  test("and where it stands are told to nobody else", async () => {
    await using here = await scene();
    const { at, post } = here;
    await post("traces", [{ id: "a" }]);
    const stranger = await at.account("umbrella/lab");
    const said = async (token?: string) =>
      (
        await at.request("/api/v1/version?project_id=app", token === undefined ? {} : { token })
      ).json();
    expect(await said(stranger.token)).toEqual(await said());
    expect(await said()).toMatchObject({ epoch: at.records.epoch });
  });
});

test("an answer to rows says which places they got, and the version says the last ones", async () => {
  await using here = await scene();
  const { post, get } = here;
  const first = (await post("traces", [{ id: "a" }, { id: "b" }])).said;
  const second = (await post("traces", [{ id: "b" }, { id: "c" }])).said;
  const { said: page } = await get("/api/v1/sync/traces?project_id=app");
  expect([first["before"], second["before"]]).toEqual([null, first["last"]]);
  expect(second).toMatchObject({ first: page["max_timestamp"], last: page["max_timestamp"] });
  const { said } = await get("/api/v1/version?project_id=app");
  expect(said["places"]).toEqual({
    traces: page["max_timestamp"],
    ledgers: null,
    commit_links: null,
    conversations: null,
    summaries: null,
  } as never);
});

test("a ledger that somebody replaced is still there, with who wrote which", async () => {
  await using here = await scene();
  const { at, account, post, get } = here;
  const eve = await at.account("acme/app", { scopes: ["write"] });
  const ledger = { commit_sha: "c", files: { "a.ts": [1, 180] } };
  await post("ledgers", [ledger]);
  const bob = await at.account("acme/app");
  await post("ledgers", [{ commit_sha: "c", files: {} }], bob.token);
  const { said } = await get("/api/v1/ledgers/c/versions?project_id=app");
  const [old, present] = said["items"] as unknown as Record<string, unknown>[];
  expect(old).toMatchObject({ ledger, user_id: account.tokenId, replaced_at: present?.["place"] });
  expect(present).toMatchObject({ ledger: { files: {} }, user_id: bob.tokenId, replaced_at: null });
  // A token that may only add cannot replace what others wrote.
  expect((await post("ledgers", [{ commit_sha: "c", forged: 1 }], eve.token)).said).toMatchObject({
    count: 0,
    replaced: 0,
    refused: [
      {
        index: 0,
        id: "c",
        code: "append_only",
      },
    ],
  });
});

describe("an admin's request", () => {
  const remove = async (query: string, body?: object) => {
    await using here = await scene();
    const { at } = here;
    await at.request("/api/v1/projects", {
      method: "POST",
      admin: true,
      body: JSON.stringify({ project_id: "app" }),
    });
    const answer = await at.request(`/api/v1/projects/app${query}`, {
      method: "DELETE",
      admin: true,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const left = await Promise.all(
      ["", "?org_slug=acme"].map(async (org) => {
        const list = await at.request(`/api/v1/projects${org}`, { admin: true });
        return ((await list.json()) as { items: unknown[] }).items.length;
      }),
    );
    return { status: answer.status, left };
  };
  test.each([
    ["?org_slug=acme", undefined, 204, [1, 0]],
    ["", { org_slug: "acme" }, 204, [1, 0]],
    ["?org_slug=acme", { org_slug: "acme" }, 204, [1, 0]],
    ["", undefined, 204, [0, 1]],
    ["?org_slug=acme", { org_slug: "default" }, 400, [1, 1]],
    ["?org_slug=acme&org_slug=default", undefined, 400, [1, 1]],
  ])(
    "that names the org by %s and %j acts on that org alone",
    async (query, body, status, left) => {
      expect(await remove(query, body)).toEqual({ status, left });
    },
  );
});

describe("what older clients send", () => {
  test("content without its digest is kept under the digest that it has", async () => {
    await using here = await scene();
    const { post, get } = here;
    const { said } = await post("conversations", [{ conversation_id: "c", content: "hi" }]);
    expect(said).toMatchObject({ count: 1, stored: 1 });
    expect((await get("/api/v1/conversations/c?project_id=app")).said).toEqual({
      conversation_id: "c",
      content: "hi",
      content_sha256: sha256Hex("hi"),
    } as never);
  });

  test("the project in the query, no items, and a name with slashes are understood", async () => {
    await using here = await scene();
    const { at, account, post, get } = here;
    const { token } = account;
    const ask = { method: "POST", token, body: '{"items":[{"id":"q"}]}' };
    const inQuery = await at.request("/api/v1/sync/traces?project_id=app", ask);
    expect(await inQuery.json()).toMatchObject({ stored: 1 });
    expect((await post("traces", undefined)).said).toMatchObject({ ok: true, count: 0 });
    await post("conversations", [{ conversation_id: "file:///a/b", content: "x" }]);
    const { said } = await get("/api/v1/conversations/file:///a/b?project_id=app");
    expect(said).toMatchObject({ conversation_id: "file:///a/b" } as never);
  });
});

test("digests of buckets tell where two sides differ, whatever the order of the rows", async () => {
  await using here = await scene();
  const { at, post, account } = here;
  const ids = Array.from({ length: 300 }, (_, number) => `id ${number}`);
  await post(
    "traces",
    ids.map((id) => ({ id })),
  );
  const ask = async (body: object) =>
    (
      await at.request("/api/v1/sync/traces/digest", {
        method: "POST",
        token: account.token,
        body: JSON.stringify({
          project_id: "app",
          ...body,
        }),
      })
    ).json() as Promise<Record<string, never>>;
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const expected = Array.from({ length: 256 }, (_, bucket) => {
    const rows = ids.toReversed().filter((id) => hash(id)[0] === bucket);
    const sum = Buffer.alloc(32);
    for (const id of rows) {
      const one = hash(`${id}\n${sha256Hex(JSON.stringify({ id }))}`);
      for (let byte = 0; byte < 32; byte++) sum[byte]! ^= one[byte]!;
    }
    return { count: rows.length, digest: sum.toString("hex") };
  });
  expect((await ask({}))["buckets"]).toEqual(expected as never);
  const wanted = [hash("id 7")[0], hash("id 8")[0]];
  const listed = ids
    .filter((id) => wanted.includes(hash(id)[0]))
    .toSorted()
    .map((id) => ({ key: id, digest: sha256Hex(JSON.stringify({ id })) }));
  expect((await ask({ buckets: wanted }))["rows"]).toEqual(listed as never);
  const after = listed[0]?.key;
  expect((await ask({ buckets: wanted, after }))["rows"]).toEqual(listed.slice(1) as never);
  expect(await ask({ buckets: [256] })).toMatchObject({ code: "invalid_buckets" } as never);
});

test("a row that no client would take is refused, and a page ends before it is too large", async () => {
  await using here = await scene();
  const { post, get } = here;
  const long = "x".repeat(4 * 1024 * 1024);
  expect((await post("traces", [{ id: "a", long }, { id: "b" }])).said).toMatchObject({
    stored: 1,
    refused: [
      {
        index: 0,
        id: "a",
        code: "row_too_large",
      },
    ],
  });
  for (let at = 0; at < 6; at++)
    await post("ledgers", [{ commit_sha: `${at}`, long: long.slice(99) }]);
  const { said } = await get("/api/v1/sync/ledgers?project_id=app&limit=1000");
  expect((said["items"] as unknown as unknown[]).length).toBe(4);
  const next = await get(`/api/v1/sync/ledgers?project_id=app&since=${said["max_timestamp"]}`);
  expect(
    (next.said["items"] as unknown as { commit_sha: string }[]).map((row) => row.commit_sha),
  ).toEqual(["4", "5"]);
});

test("who guesses secrets is soon no longer listened to, and everybody else is", async () => {
  await using here = await scene();
  const { at, account } = here;
  const guess = async (address: string) =>
    (
      await at.service.fetch(
        new Request("http://x/api/v1/orgs", { headers: { "X-Admin-Secret": "a guess" } }),
        address,
      )
    ).status;
  const statuses = new Set<number>();
  for (let tries = 0; tries < 200; tries++) statuses.add(await guess("192.0.2.1"));
  expect([...statuses]).toEqual([403, 429]);
  expect(await guess("192.0.2.2")).toBe(403);
  const good = await at.service.fetch(
    new Request("http://x/api/v1/auth/whoami", {
      headers: { Authorization: `Bearer ${account.token}` },
    }),
    "192.0.2.1",
  );
  expect(good.status).toBe(200);
});
