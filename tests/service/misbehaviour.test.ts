import { expect, test } from "bun:test";
import { sha256Hex } from "../../src/schema/digest.ts";
import { testService } from "../support/service.ts";

test("the test service gets wrong what it is told to, over a real port", async () => {
  await using at = await testService();
  const { token } = await at.account();
  const headers = { Authorization: `Bearer ${token}` };
  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${at.url}${path}`, { ...init, headers });
  const post = (id: string): Promise<Response> =>
    send("/api/v1/sync/traces", {
      method: "POST",
      body: JSON.stringify({ project_id: "app", items: [{ id }] }),
    });

  expect((await post("a")).status).toBe(200);
  Object.assign(at.misbehaviour, { cutAfterCommit: 1 });
  await expect(post("b").then((answer) => answer.text())).rejects.toThrow();
  Object.assign(at.misbehaviour, { failures: 1, failWith: 503, only: "/traces" });
  const page = (): Promise<Response> => send("/api/v1/sync/traces?project_id=app");
  expect((await page()).status).toBe(503);
  expect(await (await page()).json()).toMatchObject({ items: [{ id: "a" }, { id: "b" }] });

  await send("/api/v1/blobs", { method: "POST", body: "hello" });
  const blob = `/api/v1/blobs/${sha256Hex("hello")}`;
  Object.assign(at.misbehaviour, { corruptBlobs: 1, only: "" });
  expect(await (await send(blob)).text()).not.toBe("hello");
  expect(await (await send(blob)).text()).toBe("hello");

  Object.assign(at.misbehaviour, { withoutExtensions: true });
  const version = await send("/api/v1/version");
  expect([version.headers.get("Agent-Trace-Epoch"), await version.json()]).toEqual([
    null,
    { name: "agent-trace", schema_version: "1", build: "test" },
  ]);
  Object.assign(at.misbehaviour, { withoutBlobs: true, withoutWhoami: true });
  expect((await send(blob)).status).toBe(404);
  expect((await send("/api/v1/auth/whoami")).status).toBe(404);
});
