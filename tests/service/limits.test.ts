import { expect, test } from "bun:test";
import { testService } from "../support/service.ts";

test("a token may burst, then ask as often as its rate allows, and is told when to come back", async () => {
  let clock = 1_000_000_000;
  await using at = await testService({ service: { rate: 2, now: () => clock } });
  const [one, two] = [await at.account("acme/app"), await at.account("acme/app")];
  const ask = async (token: string) => {
    const answer = await at.request("/api/v1/auth/whoami", { token });
    return [answer.status, answer.headers.get("Retry-After")];
  };
  const burst = await Promise.all(Array.from({ length: 21 }, () => ask(one.token)));
  expect(burst.filter(([status]) => status === 200)).toHaveLength(20);
  expect(burst.at(-1)).toEqual([429, "1"]);
  expect(await ask(two.token)).toEqual([200, null]);
  clock += 500_000;
  expect([await ask(one.token), await ask(one.token)]).toEqual([
    [200, null],
    [429, "1"],
  ]);
  // A clock that was set back neither gives nor takes.
  clock -= 3_600_000_000;
  expect(await ask(one.token)).toEqual([429, "1"]);
  clock += 1_000_000;
  expect(await ask(one.token)).toEqual([200, null]);
});

test("a token may upload eight blobs at a time", async () => {
  await using at = await testService();
  const { token } = await at.account();
  const open = Promise.withResolvers<void>();
  const entered: Promise<void>[] = [];
  const upload = async (text: string, wait: boolean): Promise<number> => {
    const started = Promise.withResolvers<void>();
    if (wait) entered.push(started.promise);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        started.resolve();
        if (wait) await open.promise;
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
    const answer = await at.request("/api/v1/blobs", { method: "POST", token, body });
    return answer.status;
  };
  const eight = Array.from({ length: 8 }, (_, index) => upload(`blob ${index}`, true));
  await Promise.all(entered);
  expect(await upload("ninth", false)).toBe(429);
  open.resolve();
  expect(await Promise.all(eight)).toEqual(Array(8).fill(201));
  expect(await upload("ninth", false)).toBe(201);
});

test("the time of a token's last use is kept, at most a minute behind", async () => {
  let clock = Date.UTC(2026, 0, 1) * 1000;
  await using at = await testService({ service: { now: () => clock } });
  const { token, orgId } = await at.account();
  const lastUse = async () => (await at.records.tokens(orgId))[0]?.last_used_at;
  expect(await lastUse()).toBeNull();
  const first = clock;
  await at.request("/api/v1/auth/whoami", { token });
  clock += 30_000_000;
  await at.request("/api/v1/auth/whoami", { token });
  expect(await lastUse()).toBe(first);
  clock += 30_000_000;
  await at.request("/api/v1/auth/whoami", { token });
  expect(await lastUse()).toBe(clock);
});
