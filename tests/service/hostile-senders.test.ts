import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { RequestLine } from "../../src/http/request-log.ts";
import { type TestService, testService } from "../support/service.ts";

/** Sends exactly these bytes and gives all that comes back until the service closes, or we do. */
function exchange(url: string, text: string, options = { hangUp: false }): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const socket = connect(Number(port), hostname, () =>
    socket.write(text, () => {
      if (options.hangUp) socket.destroy();
    }),
  );
  socket.on("data", (chunk) => chunks.push(Buffer.from(chunk as Buffer)));
  socket.on("error", () => {});
  socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  return promise;
}

/** A service that tells of each request once it is over. */
async function watched(): Promise<{
  at: TestService;
  token: string;
  next(): Promise<RequestLine>;
}> {
  const waiting: ((line: RequestLine) => void)[] = [];
  const at = await testService({ service: { onRequest: (line) => waiting.shift()?.(line) } });
  const { token } = await at.account();
  return { at, token, next: () => new Promise((resolve) => waiting.push(resolve)) };
}

test.each(["[", "a/b?c", "a@b:99999999"])(
  "a Host of %j is refused in JSON and logged like any other request",
  async (host) => {
    const { at, next } = await watched();
    await using _at = at;
    const line = next();
    const text = `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const [head = "", body = ""] = (await exchange(at.url, text)).split("\r\n\r\n");
    expect(head.split("\r\n")[0]).toBe("HTTP/1.1 400 Bad Request");
    expect(JSON.parse(body)).toEqual({
      error: "the Host header names no host",
      code: "invalid_host",
    });
    expect(await line).toMatchObject({ method: "GET", route: null, status: 400 });
    expect(at.failures).toEqual([]);
  },
);

test.each([
  ["hangs up", "Content-Length: 50\r\n\r\nhalf", true],
  ["sends no chunk", "Transfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n", false],
])(
  "a sender that %s in the middle of a blob is no failure of ours, and leaves nothing",
  async (_name, rest, hangUp) => {
    const { at, token, next } = await watched();
    await using _at = at;
    const line = next();
    const text = `POST /api/v1/blobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${rest}`;
    await exchange(at.url, text, { hangUp });
    expect(await line).toMatchObject({ route: "/api/v1/blobs", status: 400 });
    expect(at.failures).toEqual([]);
    expect(readdirSync(join(at.data, "blobs/uploads"))).toEqual([]);
  },
);

describe("what would cost much to take apart is refused before it is", () => {
  const megabytes = (text: string, count: number): string =>
    text.repeat((count << 20) / text.length);
  // None of these is JSON: a parser that got to see it would say so.
  test.each([
    ["deep brackets", "/api/v1/sync/traces", megabytes("[", 8), 400, "too_deep"],
    ["deep objects", "/api/v1/sync/traces", megabytes('{"a":   ', 8), 400, "too_deep"],
    [
      "a flood of items",
      "/api/v1/sync/traces",
      `{"items":[${megabytes("{}, ", 8)}`,
      413,
      "batch_too_large",
    ],
    [
      "a flood of members",
      "/api/v1/sync/traces",
      `{"items":[{"a":[${megabytes("0,", 8)}`,
      413,
      "batch_too_large",
    ],
    ["brackets from anyone", "/api/v1/tokens/verify", megabytes("[", 8), 413, "body_too_large"],
    ["few brackets from anyone", "/api/v1/tokens/verify", "[".repeat(1000), 400, "too_deep"],
    ["a long project", "/api/v1/projects", megabytes("[", 1), 413, "body_too_large"],
  ])("%s", async (_name, path, body, status, code) => {
    await using at = await testService();
    const { token } = await at.account();
    const answer = await at.request(path, { method: "POST", token, body });
    expect([answer.status, await answer.json()]).toEqual([
      status,
      expect.objectContaining({ code }),
    ]);
  });

  test("brackets and quotes within strings are text", async () => {
    await using at = await testService();
    const { token } = await at.account();
    const text = `\\"${"[{,".repeat(500_000)}`;
    const body = `{"project_id":"app","items":[{"id":"a","text":"${text}"}]}`;
    const answer = await at.request("/api/v1/sync/traces", { method: "POST", token, body });
    expect(await answer.json()).toMatchObject({ stored: 1 });
  });

  test.each([
    ["/api/v1/sync/traces", 16 * 1024 * 1024],
    ["/api/v1/tokens/verify", 64 * 1024],
  ])("a small body of %s that inflates to more than %d bytes", async (path, limit) => {
    await using at = await testService();
    const { token } = await at.account();
    const body = new Uint8Array(Bun.zstdCompressSync(new Uint8Array(limit + 1)));
    const headers = { "Content-Encoding": "zstd" };
    const answer = await at.request(path, { method: "POST", token, headers, body });
    expect([answer.status, await answer.json()]).toEqual([
      413,
      { error: `the body is larger than ${limit} bytes`, code: "body_too_large", limit },
    ]);
  });
});
