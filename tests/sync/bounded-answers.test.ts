import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { sha256Hex } from "../../src/schema/digest.ts";
import { accountAt, openFront } from "./front.ts";
import { type Person, personAt } from "./person.ts";
import { addWork, contentsOf } from "./work.ts";

const time = (second: number): string => `2026-02-10T12:00:0${second}.000000Z`;

/** Answers pages of traces from a list, one place a row, as a service that cuts no page by its bytes. */
function pagesOf(rows: readonly string[]) {
  return (request: Request): Response | undefined => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "GET" || pathname !== "/api/v1/sync/traces") return undefined;
    const since = searchParams.get("since");
    const from = since === null ? 0 : rows.findIndex((_, at) => time(at) === since) + 1;
    const to = Math.min(rows.length, from + Number(searchParams.get("limit")));
    const place = to > from ? JSON.stringify(time(to - 1)) : "null";
    const body = `{"items":[${rows.slice(from, to).join(",")}],"max_timestamp":${place}}`;
    return new Response(body, { headers: { "Content-Type": "application/json" } });
  };
}

/** A version that tells of no places: what is made up here was given out by no database. */
const version = (): Response => Response.json({ capabilities: ["blobs-missing"] });

/** Files of transcripts that have, or will have, a name. */
function kept({ paths }: Person): string[] {
  if (!existsSync(paths.conversations)) return [];
  return readdirSync(paths.conversations, { recursive: true })
    .map(String)
    .filter((name) => /[0-9a-f]{64}$/.test(name));
}

describe("an answer that is larger than it may be", () => {
  test("costs its own row: it is named and passed over, the others arrive, and the next pull is clean", async () => {
    await using front = await openFront();
    using bob = await personAt(await accountAt(front));
    const long = `{"id":"long","text":"${"x".repeat(17 * 1024 * 1024)}"}`;
    const pages = pagesOf(['{"id":"first"}', long, '{"id":"last"}']);
    front.answer = (request) => (request.url.includes("/version") ? version() : pages(request));
    expect(await bob.ask(["pull", "--no-progress"])).toMatchObject({
      exitCode: 8,
      resources: { traces: { merged: 2 } },
      errors: [{ code: "row_too_large", resource: "traces", id: "long" }],
    });
    expect(contentsOf(bob)["traces"]).toEqual(['{"id":"first"}', '{"id":"last"}']);
    expect((await bob.ask(["pull", "--no-progress"])).exitCode).toBe(0);
  });

  test("is asked for again in smaller parts, where its rows are not too large by themselves", async () => {
    await using front = await openFront();
    using bob = await personAt(await accountAt(front));
    const text = "y".repeat(3 * 1024 * 1024);
    front.answer = pagesOf(
      [0, 1, 2, 3, 4].map((number) => JSON.stringify({ id: `row-${number}`, text })),
    );
    expect(await bob.ask(["pull", "--no-progress"])).toMatchObject({
      exitCode: 0,
      resources: { traces: { received: 5, merged: 5 } },
    });
  });

  test("as a transcript is cut off at the size that its row says, and asked for once", async () => {
    await using front = await openFront();
    using bob = await personAt(await accountAt(front));
    const pointer = {
      conversation_id: sha256Hex("conversation"),
      content_sha256: sha256Hex("12345"),
      size: 5,
      updated_at: time(1),
    };
    let sent = 0;
    let asked = 0;
    const chunk = new Uint8Array(64 * 1024);
    front.answer = (request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname.endsWith("/sync/conversations")) {
        const isLast = searchParams.has("since");
        const items = isLast ? [] : [pointer];
        return Response.json({ items, max_timestamp: isLast ? null : time(1) });
      }
      if (!pathname.includes("/blobs/") || request.method !== "GET") return undefined;
      asked++;
      const pull = (controller: ReadableStreamDefaultController): void => {
        sent += chunk.length;
        controller.enqueue(chunk);
      };
      return new Response(new ReadableStream({ pull }));
    };
    expect(await bob.ask(["pull", "--no-progress"])).toMatchObject({
      exitCode: 8,
      errors: [{ code: "too_many_bytes", id: pointer.conversation_id }],
    });
    expect({ asked, kept: kept(bob) }).toEqual({ asked: 1, kept: [] });
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });
});

test("a page that names no place is the last one, and its rows count", async () => {
  await using front = await openFront();
  using bob = await personAt(await accountAt(front));
  front.answer = ({ method, url }) =>
    method === "GET" && url.includes("/sync/traces")
      ? Response.json({ items: [{ id: "only" }] })
      : undefined;
  expect(await bob.ask(["pull", "--no-progress"])).toMatchObject({
    exitCode: 0,
    resources: { traces: { received: 1, merged: 1 } },
  });
});

test("transcripts that the service lacks are asked for together, by this pull and the next", async () => {
  await using front = await openFront();
  using bob = await personAt(await accountAt(front));
  const pointers = Array.from({ length: 40 }, (_, number) => ({
    conversation_id: sha256Hex(`conversation ${number}`),
    content_sha256: sha256Hex(`never sent ${number}`),
    size: 300_000,
    updated_at: time(1),
  }));
  front.answer = ({ method, url }) => {
    if (url.includes("/version")) return version();
    if (method !== "GET" || !url.includes("/sync/conversations")) return undefined;
    const isLast = url.includes("since=");
    return Response.json({ items: isLast ? [] : pointers, max_timestamp: isLast ? null : time(1) });
  };
  for (let round = 0; round < 2; round++) {
    front.log.length = 0;
    const { exitCode, errors } = await bob.ask(["pull", "--no-progress"]);
    expect({ exitCode, errors: (errors as unknown[]).length }).toEqual({ exitCode: 8, errors: 40 });
    const blobs = front.log.filter((line) => line.includes("/blobs"));
    expect(blobs).toEqual(["POST /api/v1/blobs/missing"]);
  }
});

test("a conversation that was purged is taken out of the cache, and nothing of it is asked for", async () => {
  await using front = await openFront();
  using bob = await personAt(await accountAt(front));
  const content = "what should never have been shared";
  const pointer = {
    conversation_id: sha256Hex("conversation"),
    content_sha256: sha256Hex(content),
    updated_at: time(1),
  };
  let row: object = { ...pointer, content };
  let place = 1;
  front.answer = ({ method, url }) => {
    if (url.includes("/version")) return version();
    if (method !== "GET" || !url.includes("/sync/conversations")) return undefined;
    const isLast = url.includes(encodeURIComponent(time(place)));
    return Response.json({
      items: isLast ? [] : [row],
      max_timestamp: isLast ? null : time(place),
    });
  };
  expect((await bob.ask(["pull", "--no-progress"])).exitCode).toBe(0);
  expect(kept(bob)).toHaveLength(1);
  row = { ...pointer, purged_at: time(2) };
  place = 2;
  for (let round = 0; round < 2; round++) {
    expect((await bob.ask(["pull", "--no-progress"])).exitCode).toBe(0);
    expect(kept(bob)).toEqual([]);
    expect(contentsOf(bob)["transcripts"]).toEqual({});
  }
});

test("without transcripts neither push nor pull moves a conversation, and a later one moves them all", async () => {
  await using front = await openFront();
  const account = await accountAt(front);
  using ada = await personAt(account);
  using bob = await personAt(account);
  addWork(ada, "work", "t".repeat(300_000));
  const without = ["--no-transcripts", "--no-progress"];
  expect((await ada.ask(["push", ...without])).exitCode).toBe(0);
  expect(front.log.filter((line) => /conversations|blobs/.test(line))).toEqual([]);
  await ada.type(["push"]);
  front.log.length = 0;
  expect((await bob.ask(["pull", ...without])).exitCode).toBe(0);
  expect(front.log.filter((line) => /conversations|blobs/.test(line))).toEqual([]);
  expect(kept(bob)).toEqual([]);
  expect((await bob.type(["pull"])).exitCode).toBe(0);
  expect(contentsOf(bob)["transcripts"]).toEqual(contentsOf(ada)["transcripts"]);
});

test("a transcript that a row cannot hold is named where the service keeps no blobs, and the rest goes", async () => {
  await using front = await openFront();
  using ada = await personAt(await accountAt(front));
  addWork(ada, "small", "small");
  addWork(ada, "large", "l".repeat(5 * 1024 * 1024));
  front.answer = ({ url }) =>
    url.includes("/blobs") ? Response.json({ error: "no such path" }, { status: 404 }) : undefined;
  expect(await ada.ask(["push", "--no-progress"])).toMatchObject({
    exitCode: 8,
    resources: { conversations: { sent: 1, refused: 1 } },
    errors: [{ code: "transcript_too_large", resource: "conversations" }],
  });
});
