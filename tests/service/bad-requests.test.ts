import { describe, expect, test } from "bun:test";
import { sha256Hex } from "../../src/schema/digest.ts";
import { type TestServiceOptions, testService } from "../support/service.ts";

const digest = sha256Hex("x");
const batch = (items: string): string => `{"project_id":"app","items":${items}}`;

async function scene(options: TestServiceOptions = {}) {
  const at = await testService(options);
  const { token } = await at.account();
  const send = async (method: string, path: string, body?: string | Uint8Array<ArrayBuffer>) => {
    const answer = await at.request(path, {
      method,
      token,
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return { answer, status: answer.status, body: JSON.parse(text || "null") };
  };
  return { at, token, send, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

describe("a request that is wrong gets a status, a code and a sentence", () => {
  const requests: [string, string, number, string, (string | Uint8Array<ArrayBuffer>)?][] = [
    ["GET", "/nothing", 404, "not_found"],
    ["GET", "/api/v1/sync/nothing?project_id=app", 404, "unknown_resource"],
    ["GET", "/api/v1/projects/", 404, "not_found"],
    ["GET", "/api/v1/traces/%ff?project_id=app", 400, "invalid_path"],
    ["GET", "/api/v1/traces/t", 400, "missing_project_id"],
    ["GET", "/api/v1/traces/t?project_id=app", 404, "not_found"],
    ["GET", "/api/v1/traces/t?project_id=none", 404, "project_not_found"],
    ["GET", "/api/v1/sync/traces?project_id=app&limit=0", 400, "invalid_limit"],
    ["GET", "/api/v1/sync/traces?project_id=app&limit=-1", 400, "invalid_limit"],
    ["GET", "/api/v1/sync/traces?project_id=app&limit=many", 400, "invalid_limit"],
    ["GET", "/api/v1/sync/traces?project_id=app&since=yesterday", 400, "invalid_since"],
    ["GET", "/api/v1/sync/traces?project_id=app&since=2026-13-01", 400, "invalid_since"],
    ["GET", `/api/v1/blobs/${digest.toUpperCase()}`, 400, "invalid_digest"],
    ["GET", `/api/v1/blobs/${digest.slice(1)}`, 400, "invalid_digest"],
    ["GET", `/api/v1/blobs/sha256:..%2f..%2f${digest}`, 400, "invalid_digest"],
    ["GET", `/api/v1/blobs/${digest}%00`, 400, "invalid_digest"],
    ["GET", `/api/v1/blobs/${"a".repeat(10_000)}`, 400, "invalid_digest"],
    ["GET", `/api/v1/blobs/${digest}`, 404, "blob_not_found"],
    ["POST", "/api/v1/blobs", 400, "empty_blob"],
    ["POST", "/api/v1/blobs/missing", 400, "invalid_digest", '{"sha256":"x"}'],
    ["POST", "/api/v1/blobs/missing", 400, "invalid_digest", '{"sha256":["x"]}'],
    ["POST", "/api/v1/sync/traces", 400, "invalid_json", ""],
    ["POST", "/api/v1/sync/traces", 400, "invalid_json", "{"],
    ["POST", "/api/v1/sync/traces", 400, "invalid_json", '{"project_id":"app"}{}'],
    ["POST", "/api/v1/sync/traces", 400, "missing_project_id", "[]"],
    ["POST", "/api/v1/sync/traces", 400, "missing_project_id", "null"],
    ["POST", "/api/v1/sync/traces", 400, "missing_project_id", '{"items":[]}'],
    ["POST", "/api/v1/sync/traces", 400, "invalid_items", '{"project_id":"app","items":null}'],
    ["POST", "/api/v1/sync/traces", 400, "invalid_items", batch("{}")],
    ["POST", "/api/v1/sync/traces", 404, "project_not_found", '{"project_id":"none","items":[]}'],
    ["POST", "/api/v1/sync/traces", 413, "batch_too_large", batch(`[${"{},".repeat(10_000)}{}]`)],
    [
      "POST",
      "/api/v1/sync/traces",
      400,
      "too_deep",
      batch(`[{"id":"a","deep":${"[".repeat(200_000)}${"]".repeat(200_000)}}]`),
    ],
    [
      "POST",
      "/api/v1/sync/traces",
      400,
      "invalid_utf8",
      Uint8Array.from([...new TextEncoder().encode('{"project_id":"app'), 0xff, 0x22, 0x7d]),
    ],
    ["POST", "/api/v1/projects", 400, "invalid_slug", '{"project_id":"App"}'],
    ["POST", "/api/v1/projects", 400, "invalid_slug", `{"project_id":"${"a".repeat(65)}"}`],
    ["POST", "/api/v1/projects", 400, "invalid_body", '{"project_id":"a","name":7}'],
    ["POST", "/api/v1/projects", 409, "project_exists", '{"project_id":"app"}'],
    ["POST", "/api/v1/projects", 403, "org_slug_mismatch", '{"project_id":"a","org_slug":"b"}'],
    ["POST", "/api/v1/tokens/verify", 400, "missing_token", "{}"],
  ];

  test.each(
    requests.map(([method, path, status, code, body], index) => ({
      name: `${index}: ${method} ${path.slice(0, 60)} → ${status} ${code}`,
      request: { method, path, status, code, body },
    })),
  )("$name", async ({ request: { method, path, status, code, body } }) => {
    await using at = await scene();
    expect(await at.send(method, path, body)).toMatchObject({
      status,
      body: { code, error: expect.any(String) },
    });
    expect(at.at.failures).toEqual([]);
  });

  test.each([
    ["POST", "/api/v1/auth/whoami", "GET, HEAD"],
    ["DELETE", `/api/v1/blobs/${digest}`, "PUT, HEAD, GET"],
    ["PATCH", "/api/v1/projects/app", "GET, DELETE, HEAD"],
    ["DELETE", "/api/v1/blobs/missing", "POST, PUT, HEAD, GET"],
    ["OPTIONS", "/", "GET, HEAD"],
  ])("%s %s is told what it may do: %s", async (method, path, allow) => {
    await using at = await scene();
    const { status, answer, body } = await at.send(method, path);
    expect([status, answer.headers.get("Allow"), body]).toEqual([
      405,
      allow,
      { error: "this path does not take this method", code: "method_not_allowed" },
    ]);
  });

  test("an empty batch is fine, and so is one of more than 500", async () => {
    await using at = await scene();
    expect((await at.send("POST", "/api/v1/sync/traces", batch("[]"))).body).toMatchObject({
      count: 0,
    });
    const many = JSON.stringify(Array.from({ length: 501 }, (_, id) => ({ id: String(id) })));
    expect((await at.send("POST", "/api/v1/sync/traces", batch(many))).body).toMatchObject({
      count: 501,
      stored: 501,
    });
    expect((await at.send("GET", "/api/v1/sync/traces?project_id=app")).body.items).toHaveLength(
      500,
    );
  });
});

describe("a body over its limit", () => {
  const limit = 1000;
  /** A body whose length nobody announces. */
  const chunked = (length: number) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < length; at += 100) {
          controller.enqueue(new Uint8Array(Math.min(100, length - at)));
        }
        controller.close();
      },
    });

  test.each([
    ["announced", (length: number) => new Uint8Array(length)],
    ["chunked", chunked],
  ])("is refused when %s, and one of exactly the limit is taken", async (_name, body) => {
    await using at = await scene({ service: { blobMaxBytes: limit } });
    const send = async (length: number) => {
      const answer = await fetch(`${at.at.url}/api/v1/blobs`, {
        method: "POST",
        headers: { Authorization: `Bearer ${at.token}` },
        body: body(length),
      });
      return [answer.status, await answer.json()];
    };
    expect(await send(limit)).toEqual([
      201,
      { sha256: sha256Hex(new Uint8Array(limit)), size: limit },
    ]);
    expect(await send(limit + 1)).toEqual([
      413,
      { error: "a blob may have 1000 bytes", code: "blob_too_large", limit },
    ]);
  });

  test("is refused when it is JSON of more than 32 MiB", async () => {
    await using at = await scene();
    const { status, body } = await at.send(
      "POST",
      "/api/v1/sync/traces",
      new Uint8Array(32 * 1024 * 1024 + 1),
    );
    expect([status, body.code, body.limit]).toEqual([413, "body_too_large", 32 * 1024 * 1024]);
  });
});

describe("a compressed body", () => {
  const text = batch('[{"id":"a"}]');
  const compress = { gzip: Bun.gzipSync, zstd: Bun.zstdCompressSync } as const;

  test.each(["gzip", "zstd"] as const)("in %s is taken like a plain one", async (encoding) => {
    await using at = await scene();
    const send = (body: Uint8Array) =>
      at.at.request("/api/v1/sync/traces", {
        method: "POST",
        token: at.token,
        headers: { "Content-Encoding": encoding },
        body: new Uint8Array(body),
      });
    const whole = compress[encoding](Buffer.from(text));
    expect(await (await send(whole)).json()).toMatchObject({ stored: 1 });
    const half = await send(whole.subarray(0, whole.length >> 1));
    expect([half.status, (await half.json()) as object]).toEqual([
      400,
      expect.objectContaining({ code: expect.stringMatching(/^invalid_(?:encoding|json)$/) }),
    ]);
    expect((await send(Buffer.from("garbage, not compressed"))).status).toBe(400);
    expect(at.at.failures).toEqual([]);
  });

  test.each(["gzip", "zstd"] as const)("in %s that is a bomb is cut off", async (encoding) => {
    await using at = await scene();
    const zeros = new Uint8Array(200 * 1024 * 1024);
    const answer = await at.at.request("/api/v1/sync/traces", {
      method: "POST",
      token: at.token,
      headers: { "Content-Encoding": encoding },
      body: new Uint8Array(compress[encoding](zeros)),
    });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      413,
      "body_too_large",
    ]);
  });

  test("in an encoding that nobody announced is refused with those that were", async () => {
    await using at = await scene();
    const answer = await at.at.request("/api/v1/sync/traces", {
      method: "POST",
      token: at.token,
      headers: { "Content-Encoding": "br" },
      body: text,
    });
    expect([answer.status, answer.headers.get("Accept-Encoding")]).toEqual([415, "zstd, gzip"]);
  });
});

test.each([
  ["stalls", () => new Promise<void>(() => {})],
  ["brings a byte now and then", () => new Promise<void>((done) => setTimeout(done, 15))],
])("a body that %s is given up", async (_name, next) => {
  await using at = await scene({ service: { bodyTimeout: 40 } });
  const answer = await at.at.request("/api/v1/blobs", {
    method: "POST",
    token: at.token,
    body: new ReadableStream({
      async pull(controller) {
        await next();
        controller.enqueue(new Uint8Array(1));
      },
    }),
  });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
    408,
    "body_timeout",
  ]);
});

test("what breaks on our side is told to the operator, and to the caller only that it did", async () => {
  await using at = await scene();
  at.at.records.extents = () => Promise.reject(new Error("a detail"));
  const { status, body } = await at.send("GET", "/api/v1/sync/traces?project_id=app");
  expect([status, body]).toEqual([
    500,
    { error: "something broke on the service's side", code: "internal" },
  ]);
  expect(at.at.failures).toEqual([new Error("a detail")]);
});
