import { describe, expect, test } from "bun:test";
import { testService } from "../support/service.ts";
import { accountAt, openFront } from "./front.ts";
import { personAt } from "./person.ts";
import { addLedger, addTrace, addWork, contentsOf, writeTranscript } from "./work.ts";

const large = "t".repeat(300_000);

describe("an old service", () => {
  test("without blobs gets large transcripts inline, and the push says so once", async () => {
    await using service = await testService({ withoutBlobs: true });
    const account = await service.account();
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "one", large);
    addWork(ada, "two", `${large}2`);
    const pushed = await ada.ask(["push"]);
    expect({ exitCode: pushed.exitCode, warnings: pushed["warnings"] }).toEqual({
      exitCode: 0,
      warnings: ["remote `origin` keeps no blobs: large transcripts go inside their rows"],
    });
    expect((await bob.type(["pull"])).exitCode).toBe(0);
    expect(contentsOf(bob)["transcripts"]).toEqual(contentsOf(ada)["transcripts"]);
    expect((await ada.ask(["push"]))["resources"].conversations.sent).toBe(0);
  });

  test("without summaries or conversations is served without a word", async () => {
    await using service = await testService({ withoutResource: "summaries" });
    const account = await service.account();
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "work", large);
    const pushed = await ada.ask(["push", "--no-progress"]);
    expect(pushed).toMatchObject({ exitCode: 0, stderr: "", unsupported: ["summaries"] });
    const pulled = await bob.ask(["pull", "--no-progress"]);
    expect(pulled).toMatchObject({ exitCode: 0, stderr: "", unsupported: ["summaries"] });
    service.misbehaviour.withoutResource = "conversations";
    using carl = await personAt(account);
    expect((await carl.ask(["pull"]))["unsupported"]).toEqual(["conversations"]);
  });

  test("that knows the base protocol alone takes and gives everything", async () => {
    await using service = await testService({ withoutExtensions: true });
    const account = await service.account();
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "small", "small");
    addWork(ada, "large", large);
    expect((await ada.ask(["push", "--full"])).exitCode).toBe(0);
    expect((await bob.ask(["pull"])).exitCode).toBe(0);
    expect(contentsOf(bob)).toEqual(contentsOf(ada));
    expect((await ada.ask(["push"]))["resources"].traces.sent).toBe(0);
  });
});

describe("one bad item", () => {
  test.each([400, 413, 422])(
    "refused with %d does not keep the others, and is named with the reason",
    async (status) => {
      await using front = await openFront();
      const account = await accountAt(front);
      using ada = await personAt(account);
      using bob = await personAt(account);
      const ids = Array.from({ length: 300 }, (_, number) =>
        addTrace(ada, `row-${number}`, { text: number === 137 ? "poison" : "fine" }),
      );
      addLedger(ada, "commit", { traces: ids });
      front.answer = (request, body) =>
        request.method === "POST" && body.includes("poison")
          ? Response.json({ error: "this row is poison", code: "poisoned" }, { status })
          : undefined;
      const pushed = await ada.ask(["push", "--no-progress"]);
      expect(pushed).toMatchObject({
        exitCode: 8,
        ok: false,
        resources: { traces: { sent: 299, refused: 1 }, ledgers: { sent: 1 } },
        errors: [
          { code: "poisoned", message: "this row is poison", resource: "traces", id: ids[137] },
        ],
      });
      expect(pushed.stderr).toBe(
        `  traces ${ids[137]}: this row is poison (poisoned)\n` +
          "error: 1 item did not arrive; the rest did\n" +
          "hint: run the command again once the cause is gone\n",
      );
      const posts = front.log.filter((line) => line === "POST /api/v1/sync/traces").length;
      expect(posts).toBeLessThanOrEqual(2 * Math.log2(300) + 2);
      expect((await bob.ask(["pull"]))["resources"].traces.merged).toBe(299);
      front.answer = () => undefined;
      expect((await ada.ask(["push"]))["resources"].traces.sent).toBe(1);
    },
  );

  test("that the service names in its row status is listed, and the rest counts as sent", async () => {
    await using front = await openFront();
    const account = await accountAt(front);
    using ada = await personAt(account);
    addTrace(ada, "fine");
    const bad = addTrace(ada, "bad");
    front.answer = (request) =>
      request.method === "POST" && request.url.endsWith("/sync/traces")
        ? Response.json({
            ok: true,
            count: 1,
            stored: 1,
            refused: [{ index: 1, id: bad, code: "too_odd", message: "too odd" }],
          })
        : undefined;
    const pushed = await ada.ask(["push", "--full"]);
    expect(pushed).toMatchObject({
      exitCode: 8,
      resources: { traces: { sent: 1, refused: 1 } },
      errors: [{ code: "too_odd", message: "too odd", resource: "traces", id: bad }],
    });
    front.answer = () => undefined;
    expect((await ada.ask(["push", "--full"]))["resources"].traces.sent).toBe(1);
  });

  test("a transcript over the service's limit is reported with both sizes, and the rest goes", async () => {
    await using service = await testService({ service: { blobMaxBytes: 350_000 } });
    const account = await service.account();
    using ada = await personAt(account);
    addWork(ada, "fits", large);
    addWork(ada, "too-large", "u".repeat(400_000));
    const pushed = await ada.ask(["push"]);
    expect(pushed).toMatchObject({
      exitCode: 8,
      resources: {
        traces: { sent: 2 },
        conversations: { sent: 1, refused: 1 },
        summaries: { sent: 2 },
      },
      errors: [
        {
          code: "blob_too_large",
          message: "the transcript is too large: 400000 bytes, and the service takes 350000",
        },
      ],
    });
  });

  test("a blob that the service has lost is brought again", async () => {
    await using front = await openFront();
    const account = await accountAt(front);
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "work", large);
    let uploads = 0;
    front.answer = (request, body) => {
      if (request.method !== "POST") return undefined;
      const { pathname } = new URL(request.url);
      if (pathname.endsWith("/blobs/missing")) return Response.json({ missing: [] });
      if (pathname.endsWith("/blobs")) uploads++;
      if (!pathname.endsWith("/sync/conversations") || uploads > 0) return undefined;
      const { content_sha256 } = JSON.parse(body).items[0];
      const code = { error: "no such blob", code: "blob_missing", content_sha256 };
      return Response.json(code, { status: 400 });
    };
    const pushed = await ada.ask(["push"]);
    expect({ exitCode: pushed.exitCode, uploads }).toEqual({ exitCode: 0, uploads: 1 });
    expect(pushed["resources"].conversations).toMatchObject({ sent: 1, refused: 0 });
    expect((await bob.type(["pull"])).exitCode).toBe(0);
    expect(contentsOf(bob)["transcripts"]).toEqual(contentsOf(ada)["transcripts"]);
  });

  test("the same content is uploaded once, however many conversations have it", async () => {
    await using service = await testService();
    const account = await service.account();
    using ada = await personAt(account);
    for (const name of ["a", "b", "c"]) {
      addTrace(ada, name, { conversation: writeTranscript(ada, name, large) });
    }
    const pushed = await ada.ask(["push", "--full"]);
    expect(pushed["resources"].conversations.sent).toBe(3);
    const uploads = service.log.filter(
      ({ method, path }) => method === "POST" && path === "/api/v1/blobs",
    );
    expect(uploads.length).toBe(1);
    service.log.length = 0;
    using bob = await personAt(account);
    addTrace(bob, "d", { conversation: writeTranscript(bob, "d", large) });
    expect((await bob.ask(["push", "--full"]))["resources"].conversations).toMatchObject({
      sent: 0,
      skipped: 1,
    });
    expect(service.log.some(({ path }) => path === "/api/v1/blobs")).toBe(false);
  });
});

const half = new TextEncoder().encode('{"items":[{"id":"x"');
const again = { "Retry-After": "0" };
const failWith = (status: number) => (): Response =>
  new Response("<html>oops</html>", { status, headers: again });

/** Ways in which an answer can go wrong; each list is gone through in turn. */
const faults: [string, (() => Response)[]][] = [
  ["answers that say not now", [500, 502, 503, 504, 408, 425, 429].map(failWith)],
  [
    "answers that are none",
    [
      () => new Response("<html>hello</html>"),
      () => new Response(""),
      () => new Response(half),
      () => Response.json({ items: 5 }),
      () => new Response(null, { status: 204 }),
    ],
  ],
  ["cut connections", [brokenOff, () => new Response(Bun.gzipSync(half).slice(0, 12), gzip)]],
];
const gzip = { headers: { "Content-Encoding": "gzip" } };

function brokenOff(): Response {
  return new Response(
    new ReadableStream({ pull: (controller) => controller.error(new Error("cut on purpose")) }),
  );
}

test.each(faults)(
  "push and pull converge through %s",
  async (_name, list) => {
    await using front = await openFront();
    const account = await accountAt(front);
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "small", "small");
    addWork(ada, "large", large);
    let number = 0;
    let failed = 0;
    front.answer = () => (++number % 4 === 2 ? list[failed++ % list.length]?.() : undefined);
    const push = await ada.ask(["push", "--full"]);
    const pull = await bob.ask(["pull"]);
    expect([push.exitCode, pull.exitCode, push["error"], pull["error"]]).toEqual([
      0,
      0,
      undefined,
      undefined,
    ]);
    expect(failed).toBeGreaterThan(3);
    expect(contentsOf(bob)).toEqual(contentsOf(ada));
  },
  20_000,
);
