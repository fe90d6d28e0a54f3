import { expect, test } from "bun:test";
import { createConnection } from "node:net";
import { sha256Hex } from "../../src/schema/digest.ts";
import { testService } from "../support/service.ts";

test("downloads that are given up in the middle make room for others", async () => {
  await using at = await testService({ service: { downloadWait: 5000 } });
  const { token } = await at.account();
  const large = Buffer.alloc(12 * 1024 * 1024);
  for (let from = 0; from < large.length; from += 65_536) {
    crypto.getRandomValues(large.subarray(from, from + 65_536));
  }
  await at.request("/api/v1/blobs", { method: "POST", token, body: large });
  const long = "x".repeat(3 * 1024 * 1024);
  for (let row = 0; row < 4; row++) {
    const body = JSON.stringify({ project_id: "app", items: [{ id: `${row}`, long }] });
    await at.request("/api/v1/sync/traces", { method: "POST", token, body });
  }
  const { hostname, port } = new URL(at.url);
  const paths = [`/api/v1/blobs/${sha256Hex(large)}`, "/api/v1/sync/traces?project_id=app"];
  for (const path of paths) {
    for (let time = 0; time < 20; time++) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const socket = createConnection({ host: hostname, port: Number(port) });
      socket.on("error", () => {});
      socket.once("data", () => socket.destroy());
      socket.once("close", () => resolve());
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
      await promise;
    }
    const answer = await fetch(`${at.url}${path}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    expect((await answer.bytes()).length).toBeGreaterThan(12 * 1024 * 1024 - 1);
  }
  const head = await fetch(`${at.url}${paths[1]}`, {
    method: "HEAD",
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(head.status).toBe(200);
});
