import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { testService } from "../support/service.ts";
import { accountAt, openFront } from "./front.ts";
import { type Person, personAt } from "./person.ts";
import { addLedger, addTrace, addWork, checkSnapshots, contentsOf } from "./work.ts";

const large = "l".repeat(300_000);
const blob = sha256Hex(large);
const cached = ({ paths }: Person): string => join(paths.conversations, blob.slice(0, 2), blob);
const mergedBy = (answer: Record<string, any>): number =>
  Object.values(answer["resources"] as Record<string, { merged: number }>).reduce(
    (sum, { merged }) => sum + merged,
    0,
  );

describe("pull", () => {
  test("says with --dry-run what it then merges, and writes nothing", async () => {
    await using service = await testService();
    const account = await service.account();
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "work", large);
    await ada.type(["push", "--full"]);
    const empty = contentsOf(bob);
    const rehearsal = await bob.ask(["pull", "--dry-run"]);
    expect(contentsOf(bob)).toEqual(empty);
    expect(existsSync(cached(bob))).toBe(false);
    const real = await bob.ask(["pull"]);
    expect(rehearsal["resources"]).toEqual(real["resources"]);
    expect(mergedBy(real)).toBe(6);
  });

  test("retries a transcript that arrives corrupted", async () => {
    await using service = await testService({ corruptBlobs: 1 });
    const account = await service.account();
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "work", large);
    await ada.type(["push"]);
    expect((await bob.type(["pull"])).exitCode).toBe(0);
    expect(service.misbehaviour.corruptBlobs).toBe(0);
    expect(sha256Hex(await Bun.file(cached(bob)).text())).toBe(blob);
  });

  test("gives no wrong byte its final name, goes on with the rest, and asks again until it is there", async () => {
    await using front = await openFront();
    const account = await accountAt(front);
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "work", large);
    await ada.type(["push"]);
    front.answer = ({ method, url }) =>
      method === "GET" && url.includes("/blobs/") ? new Response(null, { status: 404 }) : undefined;
    const first = await bob.ask(["pull"]);
    expect(first).toMatchObject({
      exitCode: 8,
      errors: [{ code: "transcript_missing", resource: "conversations" }],
      resources: { traces: { merged: 1 }, summaries: { merged: 1 } },
    });
    expect(existsSync(cached(bob))).toBe(false);
    expect((await bob.ask(["pull"])).exitCode).toBe(8);
    front.answer = () => undefined;
    expect((await bob.ask(["pull"])).exitCode).toBe(0);
    expect(checkSnapshots(bob)).toBe(1);
    expect(contentsOf(bob)["transcripts"]).toEqual(contentsOf(ada)["transcripts"]);
    expect((await bob.ask(["pull"])).exitCode).toBe(0);
  });

  test("reads from --since without losing the place it was at", async () => {
    await using service = await testService();
    const account = await service.account();
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "first", "first");
    await ada.type(["push"]);
    expect(mergedBy(await bob.ask(["pull", "--since", "2999-01-01"]))).toBe(0);
    expect(mergedBy(await bob.ask(["pull"]))).toBe(5);
    const again = await bob.ask(["pull", "--since", "1970-01-01"]);
    expect(again["resources"].traces).toEqual({ received: 1, merged: 0, skipped: 1 });
    expect((await bob.ask(["pull"]))["resources"].traces.received).toBe(0);
  });

  test("takes what is sound of a page and names the rest; no id becomes a path", async () => {
    await using front = await openFront();
    const account = await accountAt(front);
    using bob = await personAt(account);
    const page = (items: string[]): Response =>
      new Response(`{"items":[${items.join(", ")}],"max_timestamp":"2026-02-10T12:00:00.000001Z"}`);
    front.answer = ({ url }) => {
      if (url.includes("since=")) return Response.json({ items: [], max_timestamp: null });
      if (url.includes("/sync/traces")) {
        return page(['{"id":"good","n":1.0}', "5", '{"id":""}', '{"id":7}', "null", "[]"]);
      }
      if (url.includes("/sync/conversations")) {
        const pointer = { conversation_id: "../../evil", content_sha256: "0".repeat(64) };
        const wrong = { conversation_id: "0".repeat(64), content_sha256: blob, content: "other" };
        return page([JSON.stringify(pointer), JSON.stringify(wrong)]);
      }
      return undefined;
    };
    const answer = await bob.ask(["pull"]);
    expect(answer.exitCode).toBe(8);
    expect(answer["resources"].traces).toEqual({ received: 6, merged: 1, skipped: 0 });
    expect((answer["errors"] as { code: string }[]).map(({ code }) => code).toSorted()).toEqual([
      "digest_mismatch",
      "invalid_item",
      "invalid_item",
      "invalid_item",
      "invalid_item",
      "invalid_item",
      "invalid_item",
    ]);
    expect(contentsOf(bob)["traces"]).toEqual(['{"id":"good","n":1.0}']);
    expect(existsSync(cached(bob))).toBe(false);
  });

  test("stops at a list that does not advance, with what it gave kept", async () => {
    await using front = await openFront();
    const account = await accountAt(front);
    using bob = await personAt(account);
    let asked = 0;
    front.answer = ({ url }) => {
      if (!url.includes("/sync/traces")) return undefined;
      asked++;
      return Response.json({ items: [{ id: "a" }], max_timestamp: "2026-02-10T12:00:00.000001Z" });
    };
    const answer = await bob.ask(["pull"]);
    expect(answer).toMatchObject({
      exitCode: 8,
      errors: [{ code: "cursor_stuck", resource: "traces" }],
      resources: { traces: { received: 2, merged: 1, skipped: 1 } },
    });
    expect(asked).toBe(2);
  });

  test("keeps rows byte for byte: order, numbers, members it does not know", async () => {
    await using service = await testService();
    const account = await service.account();
    using bob = await personAt(account);
    const row =
      '{"z":1,"id":"odd","big":12345678901234567890,"f":1.0,"e":"\\u0000\\ud800","k":{"b":1,"a":2}}';
    await service.request("/api/v1/sync/traces", {
      method: "POST",
      token: account.token,
      body: `{"project_id":"app","items":[${row}]}`,
    });
    await bob.type(["pull"]);
    expect(contentsOf(bob)["traces"]).toEqual([row]);
  });

  test("begins anew where the service's data was replaced, and so does push; both say so", async () => {
    await using front = await openFront();
    const account = await accountAt(front);
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "work", large);
    await ada.type(["sync"]);
    await bob.type(["sync"]);
    await front.service[Symbol.asyncDispose]();
    front.service = await testService();
    const { token } = await front.service.account();
    for (const person of [ada, bob]) {
      await person.type(["remote", "set-token", "origin", "--token", "-"], { stdin: token });
    }
    const trace = addTrace(bob, "news");
    addLedger(bob, "news", { traces: [trace] });
    const pushed = await bob.ask(["push"]);
    expect({ warnings: pushed["warnings"], sent: pushed["resources"].traces.sent }).toEqual({
      warnings: [expect.stringContaining("was restored or replaced")],
      sent: 2,
    });
    const pulled = await ada.ask(["pull"]);
    expect(pulled["warnings"]).toEqual([expect.stringContaining("was restored or replaced")]);
    expect(pulled["resources"].traces).toEqual({ received: 2, merged: 1, skipped: 1 });
    expect((await ada.ask(["push"]))["warnings"]).toEqual([]);
    await bob.type(["pull"]);
    expect(contentsOf(bob)["transcripts"]).toEqual(contentsOf(ada)["transcripts"]);
  });
});

describe("sync", () => {
  test("pulls although the push failed for a reason of its own, and ends with the worse code", async () => {
    await using front = await openFront();
    const account = await accountAt(front);
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "hers", "hers");
    await ada.type(["push"]);
    addWork(bob, "his", "his");
    front.answer = ({ method, url }) =>
      method === "POST" && url.includes("/sync/traces")
        ? Response.json({ error: "no such thing" }, { status: 404 })
        : undefined;
    const answer = await bob.ask(["sync"]);
    expect(answer["push"].error).toMatchObject({ code: "unsupported" });
    expect(answer["pull"].resources.traces.merged).toBe(1);
    expect(answer.exitCode).toBe(1);
  });
});
