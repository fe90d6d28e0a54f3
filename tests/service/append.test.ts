import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { sha256Hex } from "../../src/schema/digest.ts";
import { type TestService, testService } from "../support/service.ts";

const put = (
  at: TestService,
  token: string,
  {
    base,
    offset,
    body,
    result,
  }: {
    base: string;
    offset: number | string;
    body: string | Uint8Array<ArrayBuffer>;
    result: string;
  },
  headers: Record<string, string> = {},
) =>
  at.request(`/api/v1/blobs/${result}?base=${base}&offset=${offset}`, {
    method: "PUT",
    token,
    body,
    headers,
  });

async function scene() {
  const at = await testService();
  const { token } = await at.account();
  await at.request("/api/v1/blobs", { method: "POST", token, body: "one\n" });
  const append = (more: object, headers = {}) =>
    put(
      at,
      token,
      {
        base: sha256Hex("one\n"),
        offset: 4,
        body: "two\n",
        result: sha256Hex("one\ntwo\n"),
        ...more,
      },
      headers,
    );
  return { at, token, append, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

describe("appending to a blob", () => {
  test("keeps the base and what follows under the digest of both", async () => {
    await using here = await scene();
    const { at, token, append } = here;
    const answer = await append({});
    expect([answer.status, await answer.json()]).toEqual([
      201,
      { sha256: sha256Hex("one\ntwo\n"), size: 8, stored: true },
    ]);
    const read = await at.request(`/api/v1/blobs/${sha256Hex("one\ntwo\n")}`, { token });
    expect(await read.text()).toBe("one\ntwo\n");
    const again = await append({});
    expect([again.status, await again.json()]).toEqual([
      200,
      { sha256: sha256Hex("one\ntwo\n"), size: 8, stored: false },
    ]);
  });

  test("takes a compressed body", async () => {
    await using here = await scene();
    const body = new Uint8Array(Bun.zstdCompressSync("two\n"));
    expect((await here.append({ body }, { "Content-Encoding": "zstd" })).status).toBe(201);
  });

  test.each([
    ["a base that never was", { base: sha256Hex("never") }, {}, 409, "base_unknown"],
    ["more kept than the base has", { offset: 5 }, {}, 409, "base_short"],
    ["another digest than that of both", { result: sha256Hex("x") }, {}, 422, "digest_mismatch"],
    ["no digest", { result: "x" }, {}, 400, "invalid_digest"],
    ["no base", { base: "" }, {}, 400, "invalid_digest"],
    ["no offset", { offset: "" }, {}, 400, "invalid_offset"],
    ["an offset before the beginning", { offset: -1 }, {}, 400, "invalid_offset"],
    ["an unknown encoding", {}, { "Content-Encoding": "br" }, 415, "unsupported_encoding"],
    [
      "a body above the limit",
      { body: "x".repeat(16 * 1024 * 1024 + 1) },
      {},
      413,
      "body_too_large",
    ],
  ])("with %s is refused", async (_name, more, headers, status, code) => {
    await using here = await scene();
    const answer = await here.append(more, headers);
    expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
  });

  test("says how long a base is that is shorter than was thought", async () => {
    await using here = await scene();
    expect(await (await here.append({ offset: 9 })).json()).toMatchObject({
      code: "base_short",
      size: 4,
    });
  });

  test("refuses a bomb before it has grown above the limit", async () => {
    await using here = await scene();
    const body = new Uint8Array(Bun.zstdCompressSync(new Uint8Array(64 * 1024 * 1024)));
    const answer = await here.append({ body }, { "Content-Encoding": "zstd" });
    expect([answer.status, await answer.json()]).toMatchObject([413, { code: "blob_too_large" }]);
  });
});

/**
 * SHA-256 of `<secret><padding><more>` from the digest and the size of the secret alone: what makes appending to a
 * blob that one may not read a way to read it.
 */
function extend(digest: string, size: number, more: string): { body: Buffer; result: string } {
  const padding = Buffer.alloc(((119 - (size % 64)) % 64) + 9);
  padding[0] = 0x80;
  padding.writeBigUInt64BE(BigInt(size) * 8n, padding.length - 8);
  const state = digest.match(/.{8}/g)?.map((word) => Number.parseInt(word, 16)) ?? [];
  const total = size + padding.length + more.length;
  const last = Buffer.alloc(((119 - (more.length % 64)) % 64) + 9);
  last[0] = 0x80;
  last.writeBigUInt64BE(BigInt(total) * 8n, last.length - 8);
  const tail = Buffer.concat([Buffer.from(more), last]);
  for (let at = 0; at < tail.length; at += 64) compress(state, tail.subarray(at, at + 64));
  const result = state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  return { body: Buffer.concat([padding, Buffer.from(more)]), result };
}

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const constants = ((): number[] => {
  const primes: bigint[] = [];
  for (let at = 2n; primes.length < 64; at++)
    if (primes.every((prime) => at % prime !== 0n)) primes.push(at);
  return primes.map((prime) => {
    let low = 0n;
    let high = 1n << 36n;
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle ** 3n <= prime << 96n) low = middle;
      else high = middle;
    }
    return Number(low & 0xffffffffn);
  });
})();

function compress(state: number[], block: Buffer): void {
  const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));
  const words = Array.from({ length: 16 }, (_, at) => block.readInt32BE(at * 4));
  for (let at = 16; at < 64; at++) {
    const [a, b] = [words[at - 15] ?? 0, words[at - 2] ?? 0];
    const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    words.push(((words[at - 16] ?? 0) + s0 + (words[at - 7] ?? 0) + s1) | 0);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let at = 0; at < 64; at++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (constants[at] ?? 0) + (words[at] ?? 0)) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] = ((state[at] ?? 0) + word) | 0));
}

test("who knows the digest and the size of a blob alone cannot append to it, and so not read it", async () => {
  await using at = await testService();
  const secret = "what acme alone may read";
  const acme = await at.account("acme/app", { bound: true });
  await at.request("/api/v1/blobs", { method: "POST", token: acme.token, body: secret });
  const base = sha256Hex(secret);
  const { body, result } = extend(base, secret.length, " and more");
  // The attack itself works: this is the digest of the secret and what follows.
  expect(result).toBe(createHash("sha256").update(secret).update(body).digest("hex"));
  const own = await put(at, acme.token, {
    base,
    offset: secret.length,
    body: new Uint8Array(body),
    result,
  });
  expect(own.status).toBe(201);

  const other = extend(base, secret.length, " and other");
  const strangers = [
    await at.account("acme/other", { bound: true }),
    await at.account("umbrella/lab"),
  ];
  for (const { token } of strangers) {
    const said = async (asked: string) => {
      const answer = await put(at, token, {
        base: asked,
        offset: secret.length,
        body: new Uint8Array(other.body),
        result: other.result,
      });
      return { status: answer.status, headers: [...answer.headers], body: await answer.text() };
    };
    const refused = await said(base);
    expect(refused).toEqual(await said(sha256Hex("never was")));
    expect(refused.status).toBe(409);
    const read = await at.request(`/api/v1/blobs/${other.result}`, { token });
    expect(read.status).toBe(404);
  }
});

test.each([
  ["bytes=3-", 206, "bytes 3-9/10", "3456789"],
  ["bytes=3-5", 206, "bytes 3-5/10", "345"],
  ["bytes=-2", 206, "bytes 8-9/10", "89"],
  ["bytes=0-99", 206, "bytes 0-9/10", "0123456789"],
  ["bytes=10-", 416, "bytes */10", undefined],
  ["bytes=1-2,4-5", 200, null, "0123456789"],
  ["lines=1-2", 200, null, "0123456789"],
  ["bytes=5-2", 200, null, "0123456789"],
])("GET with Range %s is answered with %d", async (range, status, contentRange, text) => {
  await using at = await testService();
  const { token } = await at.account();
  await at.request("/api/v1/blobs", { method: "POST", token, body: "0123456789" });
  const answer = await fetch(`${at.url}/api/v1/blobs/${sha256Hex("0123456789")}`, {
    headers: { Authorization: `Bearer ${token}`, Range: range },
  });
  expect([answer.status, answer.headers.get("Content-Range")]).toEqual([status, contentRange]);
  const body = await answer.text();
  if (text !== undefined) {
    expect(body).toBe(text);
    expect(answer.headers.get("Content-Length")).toBe(String(text.length));
  }
});
