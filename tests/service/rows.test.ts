import { describe, expect, test } from "bun:test";
import { sha256Hex } from "../../src/schema/digest.ts";
import { testService } from "../support/service.ts";

const json = (value: unknown): string => JSON.stringify(value);

/** Sends one batch as text, so that the test says what goes over the wire byte for byte. */
async function scene(options = {}) {
  const service = await testService(options);
  const account = await service.account();
  const { token } = account;
  return {
    service,
    account,
    post: async (resource: string, items: string, extra = "") =>
      service.request(`/api/v1/sync/${resource}`, {
        method: "POST",
        token,
        body: `{"project_id":"app","items":${items}${extra}}`,
      }),
    get: async (resource: string, query = "") =>
      service.request(`/api/v1/sync/${resource}?project_id=app${query}`, { token }),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

const anyTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

describe("rows", () => {
  test("come back byte for byte as they were sent", async () => {
    await using at = await scene();
    const odd =
      '{"zebra":1.0,"id":"a","n":12345678901234567890123,"e":1e400,"z":-0,"u":"\\u0000\\ud800 ü","__proto__":{"a":[ ]},"x":{},"x":{ "b" : null }}';
    const pretty = '{\n  "id": "b",\r\n  "text": "one\\ntwo"\n}';
    const sent = await at.post("traces", `[${odd},${pretty}]`);
    expect(await sent.json()).toEqual({
      ok: true,
      count: 2,
      stored: 2,
      duplicate: 0,
      replaced: 0,
      refused: [],
      first: anyTime,
      last: anyTime,
      before: null,
    });
    const text = await (await at.get("traces")).text();
    const lines = text.split("\n");
    expect(lines.slice(0, 3)).toEqual([
      '{"items":[',
      `${odd},`,
      pretty.replaceAll("\n", " ").replaceAll("\r", " "),
    ]);
    expect(lines[3]).toMatch(/^\],"max_timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"\}$/);
  });

  test("traces stay as first written, all others are replaced when they differ", async () => {
    await using at = await scene();
    const counts = async (resource: string, item: object) => {
      const answer = (await (await at.post(resource, json([item]))).json()) as never;
      const { stored, duplicate, replaced } = answer as Record<string, number>;
      return [stored, duplicate, replaced];
    };
    for (const [resource, item] of [
      ["traces", { id: "t" }],
      ["ledgers", { commit_sha: "c" }],
      ["commit-links", { commit_sha: "c" }],
      ["summaries", { conversation_id: "s", created_at: "2026-01-01T00:00:00Z" }],
    ] as const) {
      expect(await counts(resource, item)).toEqual([1, 0, 0]);
      expect(await counts(resource, item)).toEqual([0, 1, 0]);
      const replaced = resource === "traces" ? [0, 1, 0] : [0, 0, 1];
      expect(await counts(resource, { ...item, note: "other" })).toEqual(replaced);
    }
  });

  test("a replaced row comes again behind the cursor that had passed it", async () => {
    await using at = await scene();
    await at.post("ledgers", '[{"commit_sha":"a"},{"commit_sha":"b"}]');
    const first = (await (await at.get("ledgers")).json()) as { max_timestamp: string };
    await at.post("ledgers", '[{"commit_sha":"a","v":2},{"commit_sha":"b"}]');
    const since = encodeURIComponent(first.max_timestamp);
    const second = (await (await at.get("ledgers", `&since=${since}`)).json()) as object;
    expect(second).toEqual({
      items: [{ commit_sha: "a", v: 2 }],
      max_timestamp: expect.any(String),
    });
  });

  test("end: behind the last place there is an empty page", async () => {
    await using at = await scene();
    await at.post("traces", '[{"id":"a"}]');
    const first = (await (await at.get("traces")).json()) as { max_timestamp: string };
    for (const since of [
      first.max_timestamp,
      first.max_timestamp.replace("Z", "+00:00"),
      "2200-01-01",
    ]) {
      const page = await at.get("traces", `&since=${encodeURIComponent(since)}`);
      expect(await page.text()).toBe('{"items":[],"max_timestamp":null}');
    }
    const unencoded = await at.get(
      "traces",
      `&since=${first.max_timestamp.replace("Z", "+00:00")}`,
    );
    expect(await unencoded.text()).toBe('{"items":[],"max_timestamp":null}');
  });

  test("that are long come in one page all the same, in whatever encoding", async () => {
    await using at = await scene();
    const long = "x".repeat(3 * 1024 * 1024);
    for (const id of ["a", "b", "c", "d"]) await at.post("traces", json([{ id, long }]));
    for (const encoding of ["identity", "gzip", "zstd"]) {
      const page = await fetch(`${at.service.url}/api/v1/sync/traces?project_id=app&limit=3`, {
        headers: { Authorization: `Bearer ${at.account.token}`, "Accept-Encoding": encoding },
      });
      const { items } = (await page.json()) as { items: { id: string; long: string }[] };
      expect(items.map((item) => [item.id, item.long.length])).toEqual(
        ["a", "b", "c"].map((id) => [id, long.length]),
      );
    }
  });

  test("a ledger inside a commit link is stored as that commit's ledger", async () => {
    await using at = await scene();
    await at.post("commit-links", '[{"commit_sha":"c","ledger":{ "commit_sha":"c", "n": 1.50 }}]');
    const answer = await at.service.request("/api/v1/ledgers/c?project_id=app", {
      token: at.account.token,
    });
    expect(await answer.text()).toBe('{ "commit_sha":"c", "n": 1.50 }');
  });

  test("one trace is given with who sent it", async () => {
    await using at = await scene();
    await at.post("traces", '[{"id":"a/b","n":1.0}]');
    const answer = await at.service.request("/api/v1/traces/a%2Fb?project_id=app", {
      token: at.account.token,
    });
    expect(await answer.text()).toBe(
      `{"trace":{"id":"a/b","n":1.0},"user_id":"${at.account.tokenId}"}`,
    );
  });

  test("an item that cannot be stored is refused with its place, and the rest is stored", async () => {
    await using at = await scene();
    const answer = await at.post(
      "traces",
      '[{"id":"a"},{},7,{"id":9},{"id":"b"},{"id":"\\ud800"}]',
    );
    expect(await answer.json()).toEqual({
      ok: true,
      count: 2,
      stored: 2,
      duplicate: 0,
      replaced: 0,
      first: anyTime,
      last: anyTime,
      before: null,
      refused: [
        {
          index: 1,
          id: null,
          code: "missing_id",
          message: "the item has no `id`",
        },
        {
          index: 2,
          id: null,
          code: "invalid_item",
          message: "an item must be an object",
        },
        {
          index: 3,
          id: null,
          code: "invalid_id",
          message: "`id` must be a string of at most 512 characters",
        },
        {
          index: 5,
          id: null,
          code: "invalid_id",
          message: "`id` must be a string of at most 512 characters",
        },
      ],
    });
  });
});

describe("conversations", () => {
  const digest = sha256Hex("hello");

  test("with content are stored as blobs too, the empty one among them", async () => {
    await using at = await scene();
    const items = [
      { conversation_id: "a", content_sha256: digest, size: 5, content: "hello" },
      { conversation_id: "b", content_sha256: sha256Hex(""), size: 0, content: "" },
      { conversation_id: "c", content_sha256: sha256Hex("\xff"), content_b64: "w78=" },
    ];
    const answer = (await (await at.post("conversations", json(items))).json()) as object;
    expect(answer).toMatchObject({ stored: 3, refused: [] });
    for (const [id, content] of [
      [digest, "hello"],
      [sha256Hex(""), ""],
    ]) {
      const blob = await at.service.request(`/api/v1/blobs/${id}`, { token: at.account.token });
      expect([blob.status, await blob.text()]).toEqual([200, content ?? ""]);
    }
  });

  test("with content of another digest are refused one by one", async () => {
    await using at = await scene();
    const items = [
      { conversation_id: "a", content_sha256: digest, content: "hallo" },
      { conversation_id: "b", content_sha256: digest, content_b64: "!" },
      { conversation_id: "c", content_sha256: digest.toUpperCase(), content: "hello" },
      { conversation_id: "d", content_sha256: digest, content: "hello" },
    ];
    const answer = (await (await at.post("conversations", json(items))).json()) as {
      stored: number;
      refused: { id: string; code: string }[];
    };
    expect([answer.stored, answer.refused.map(({ id, code }) => [id, code])]).toEqual([
      1,
      [
        ["a", "digest_mismatch"],
        ["b", "digest_mismatch"],
        ["c", "invalid_digest"],
      ],
    ]);
  });

  test("that point to bytes which are not here spoil their whole batch", async () => {
    await using at = await scene();
    const items = [
      { conversation_id: "a", content_sha256: sha256Hex("x"), content: "x" },
      { conversation_id: "b", content_sha256: digest, size: 5 },
    ];
    const refused = await at.post("conversations", json(items));
    expect([refused.status, await refused.json()]).toEqual([
      400,
      {
        error: "a conversation points to a blob that is not here",
        code: "blob_missing",
        content_sha256: digest,
      },
    ]);
    expect(await (await at.get("conversations")).json()).toEqual({
      items: [],
      max_timestamp: null,
    });
    await at.service.request("/api/v1/blobs", {
      method: "POST",
      token: at.account.token,
      body: "hello",
    });
    expect((await at.post("conversations", json(items))).status).toBe(200);
  });

  test("are replaced when they point to other bytes, and only then", async () => {
    await using at = await scene();
    const item = { conversation_id: "a", content_sha256: digest, content: "hello" };
    await at.post("conversations", json([item]));
    const again = await at.post("conversations", json([{ ...item, updated_at: "later" }]));
    expect(await again.json()).toMatchObject({ duplicate: 1, replaced: 0 });
    const other = { ...item, content_sha256: sha256Hex("more"), content: "more" };
    const changed = await at.post("conversations", json([other]));
    expect(await changed.json()).toMatchObject({ duplicate: 0, replaced: 1 });
  });
});
