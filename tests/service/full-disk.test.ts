import { expect, test } from "bun:test";
import { testService } from "../support/service.ts";

const full = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });

test("a write that was taken is answered so, though the token's last use could not be noted", async () => {
  await using at = await testService();
  const { token } = await at.account();
  at.records.touchToken = () => Promise.reject(full);
  const body = '{"project_id":"app","items":[{"id":"a"}]}';
  const answer = await at.request("/api/v1/sync/traces", { method: "POST", token, body });
  expect([answer.status, await answer.json()]).toMatchObject([200, { stored: 1 }]);
});

test("a service that can write nothing is not healthy, and says what is wrong", async () => {
  let moment = Date.now() * 1000;
  await using at = await testService({ service: { now: () => (moment += 2_000_000) } });
  expect((await at.request("/health")).status).toBe(200);
  at.records.ping = () => Promise.reject(full);
  const answer = await at.request("/health");
  expect([answer.status, await answer.json()]).toMatchObject([
    503,
    { status: "error", db: "full" },
  ]);
});
