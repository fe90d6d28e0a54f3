import { refusalOf } from "../../src/remote/refusal.ts";
import { afterEach, describe, expect, test } from "bun:test";
import { truncateSync, writeFileSync } from "node:fs";
import { AppError } from "../../src/errors.ts";
import { type Body, fileBody, jsonBody } from "../../src/remote/body.ts";
import { type Client, type ClientOptions, createClient } from "../../src/remote/client.ts";
import { sha256Hex } from "../../src/schema/digest.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { fakeClock } from "./fake-clock.ts";

const open: { stop(force?: boolean): unknown }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) void server.stop(true);
});

type Handler = (request: Request, number: number) => Response | Promise<Response>;

/** A service that answers as it is told, by the number of the request. */
function serve(handler: Handler): string {
  let number = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    fetch: (request) => handler(request, ++number),
  });
  open.push(server);
  return `http://127.0.0.1:${server.port}`;
}

function clientFor(baseUrl: string, more: Partial<ClientOptions> = {}): Client {
  return createClient({
    from: "remote `origin`",
    baseUrl,
    userAgent: "agent-trace/test",
    idleTimeout: 5000,
    signal: new AbortController().signal,
    clock: fakeClock(),
    ...more,
  });
}

const getJson = (client: Client): Promise<Record<string, unknown>> =>
  client.exchange({
    method: "GET",
    path: "/x",
    read: (answer) => answer.json(),
  });
const failureOf = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => expect.unreachable(),
    (error: AppError) => error,
  );

describe("a client", () => {
  test("sends a token, its name and nothing else that could follow a redirect", async () => {
    let seen: Record<string, string> = {};
    const url = serve((request) => {
      seen = request.headers.toJSON();
      return Response.json({});
    });
    await getJson(clientFor(url, { token: "at_secret" }));
    expect(seen).toEqual({
      accept: "*/*",
      "accept-encoding": "identity",
      authorization: "Bearer at_secret",
      connection: "keep-alive",
      host: url.slice(7),
      "user-agent": "agent-trace/test",
    });
  });

  test.each([500, 502, 503, 504, 408, 425, 429])("tries again after %d", async (status) => {
    const clock = fakeClock();
    const url = serve((_, number) =>
      number < 3 ? new Response("<html>", { status }) : Response.json({ number }),
    );
    expect(await getJson(clientFor(url, { clock }))).toEqual({ number: 3 });
    expect(clock.slept.length).toBe(2);
  });

  test("does as Retry-After says, and says why and for how long it waits", async () => {
    const clock = fakeClock();
    const url = serve((_, number) =>
      number === 1
        ? Response.json({ error: "slow down" }, { status: 429, headers: { "Retry-After": "9" } })
        : Response.json({}),
    );
    const waits: string[] = [];
    await getJson(clientFor(url, { clock, onWait: (reason) => void waits.push(reason) }));
    expect(clock.slept).toEqual([9000]);
    expect(waits).toEqual([expect.stringMatching(/^.*slow down.*; again in 9 s \(2 of 6\)$/)]);
  });

  test.each([301, 302, 303, 307, 308])("follows no redirect (%d)", async (status) => {
    const stolen: string[] = [];
    const elsewhere = serve((request) => {
      stolen.push(request.url);
      return Response.json({});
    });
    const url = serve(() => new Response(null, { status, headers: { Location: elsewhere } }));
    expect(await failureOf(getJson(clientFor(url, { token: "at_secret" })))).toMatchObject({
      code: "redirected",
      message: `remote \`origin\` redirects to ${elsewhere}, which is not followed`,
    });
    expect(stolen).toEqual([]);
  });

  test("abandons a request over which no byte passes, and says so in the end", async () => {
    const url = serve(() => new Promise<Response>(() => {}));
    expect(await failureOf(getJson(clientFor(url, { idleTimeout: 20 })))).toMatchObject({
      code: "unreachable",
      message: "cannot reach remote `origin`: it sent no byte for 0.02 s",
    });
  });

  test("abandons an answer that stops in the middle, and takes the next one", async () => {
    const half = new TextEncoder().encode('{"half');
    const url = serve((_, number) =>
      number === 1
        ? new Response(new ReadableStream({ start: (controller) => controller.enqueue(half) }))
        : Response.json({ whole: true }),
    );
    expect(await getJson(clientFor(url, { idleTimeout: 50 }))).toEqual({ whole: true });
  });

  test("does not take a login page for an answer", async () => {
    const url = serve(() => new Response("<html>sign in</html>"));
    expect(await failureOf(getJson(clientFor(url)))).toMatchObject({
      code: "invalid_answer",
      message: "remote `origin` answered 200 without the JSON expected",
    });
  });

  test("says in words of its own why nobody answers", async () => {
    const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const url = `http://127.0.0.1:${server.port}`;
    server.stop(true);
    expect(await failureOf(getJson(clientFor(url)))).toMatchObject({
      code: "unreachable",
      message: "cannot reach remote `origin`: connection refused",
    });
  });

  test("ends at once, with the reason, when it is interrupted", async () => {
    const controller = new AbortController();
    const reason = new AppError("interrupted", "interrupted");
    const url = serve(() => {
      controller.abort(reason);
      return new Promise<Response>(() => {});
    });
    await expect(getJson(clientFor(url, { signal: controller.signal }))).rejects.toBe(reason);
  });

  test("inflates what a service compressed and counts the bytes of the wire", async () => {
    const content = JSON.stringify({ text: "a".repeat(10_000) });
    const small = Bun.zstdCompressSync(content);
    const url = serve(() => new Response(small, { headers: { "Content-Encoding": "zstd" } }));
    const client = clientFor(url);
    expect(JSON.stringify(await getJson(client))).toBe(content);
    expect(client.bytesReceived).toBe(small.length);
  });

  test("never goes through a proxy to this machine", async () => {
    const url = serve(() => Response.json({ direct: true }));
    let proxy: unknown;
    const client = clientFor(url, {
      fetch: ((input: string, init: RequestInit & { proxy?: unknown }) => {
        proxy = init.proxy;
        return fetch(input, init);
      }) as typeof fetch,
    });
    expect(await getJson(client)).toEqual({ direct: true });
    expect(proxy).toBe(false);
  });

  test("tells what it asked, without secrets", async () => {
    const lines: string[] = [];
    const url = serve(() => Response.json({}));
    await getJson(clientFor(url, { token: "at_secret", debug: (line) => lines.push(line) }));
    expect(lines.map((line) => line.replace(/\d+ ms/, "N ms"))).toEqual([`GET ${url}/x 200 N ms`]);
  });
});

test.each(["r", "e", "at_secret"])(
  "reads what a service says with %j for a token, and shows it without",
  async (token) => {
    const url = serve((_request, number) =>
      number === 1
        ? Response.json({ stored: 1, refused: ["read"] })
        : Response.json({ error: `no ${token} here`, code: "project_not_found" }, { status: 404 }),
    );
    expect(await getJson(clientFor(url, { token }))).toEqual({ stored: 1, refused: ["read"] });
    const client = clientFor(url, { token });
    const refused = await failureOf(
      client.exchange({
        method: "GET",
        path: "/x",
        read: async (answer) => {
          throw await refusalOf(answer);
        },
      }),
    );
    expect(refused.code).toBe("project_not_found");
    expect(refused.message.replace("remote `origin` refused (404)", "")).not.toContain(token);
  },
);

describe("a body", () => {
  const post = (client: Client, body: Body): Promise<string> =>
    client.exchange({ method: "POST", path: "/x", body, read: (answer) => answer.text() });

  test("is sent again whole after a failure", async () => {
    const bodies: string[] = [];
    const url = serve(async (request, number) => {
      bodies.push(await request.text());
      return new Response("ok", { status: number === 1 ? 503 : 200 });
    });
    using directory = temporaryDirectory();
    writeFileSync(`${directory.path}/file`, "content");
    const client = clientFor(url);
    await post(client, jsonBody('{"a":1}'));
    await post(client, fileBody(Bun.file(`${directory.path}/file`)));
    expect(bodies).toEqual(['{"a":1}', '{"a":1}', "content"]);
  });

  test("of a file announces its length and is streamed", async () => {
    using directory = temporaryDirectory();
    const content = Buffer.alloc(3_000_000, "x");
    writeFileSync(`${directory.path}/file`, content);
    let seen: unknown;
    const url = serve(async (request) => {
      const bytes = await request.bytes();
      seen = [request.headers.get("content-length"), sha256Hex(bytes)];
      return new Response("ok");
    });
    await post(clientFor(url), fileBody(Bun.file(`${directory.path}/file`)));
    expect(seen).toEqual(["3000000", sha256Hex(content)]);
  });

  test.each(["zstd", "gzip"] as const)("may be compressed with %s", async (encoding) => {
    using directory = temporaryDirectory();
    const content = "line of a transcript\n".repeat(50_000);
    writeFileSync(`${directory.path}/file`, content);
    const seen: string[] = [];
    const url = serve(async (request) => {
      const packed = new Uint8Array(await request.arrayBuffer());
      const plain = encoding === "zstd" ? Bun.zstdDecompressSync(packed) : Bun.gunzipSync(packed);
      seen.push(`${request.headers.get("content-encoding")} ${new TextDecoder().decode(plain)}`);
      return new Response("ok");
    });
    const client = clientFor(url);
    await post(client, fileBody(Bun.file(`${directory.path}/file`), encoding));
    await post(client, jsonBody(content, encoding));
    expect(seen).toEqual([`${encoding} ${content}`, `${encoding} ${content}`]);
    expect(client.bytesSent).toBeLessThan(content.length / 10);
  });

  test("whose file shrinks does not hang", async () => {
    using directory = temporaryDirectory();
    const path = `${directory.path}/file`;
    writeFileSync(path, Buffer.alloc(1_000_000));
    const body = fileBody(Bun.file(path));
    expect(body.length).toBe(1_000_000);
    truncateSync(path, 1000);
    const url = serve(async (request) => new Response(String((await request.bytes()).length)));
    const error = await failureOf(post(clientFor(url, { idleTimeout: 1000 }), body));
    expect(error).toMatchObject({ label: "transcript_changed" });
  });
});
