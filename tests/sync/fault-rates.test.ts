import { describe, expect, test } from "bun:test";
import { newMachine, untilDone } from "../support/converge.ts";
import { type Fault, faults, openFaultProxy } from "../support/fault-proxy.ts";
import { type Random, seeded } from "../support/random.ts";
import { testService } from "../support/service.ts";
import { careless } from "./careless-store.ts";

const soak = process.env["AGENT_TRACE_TEST_SOAK"] === "1";
const rounds = soak ? 12 : 3;
const rates = [0.05, 0.2, 0.5];
const seeds = soak ? Array.from({ length: 20 }, (_, seed) => seed + 1) : [1];

/** Two machines exchange what they record through a proxy that breaks so many of their requests. */
async function exchangeUnder(rate: number, seed: number, wrap?: typeof careless) {
  await using service = await testService();
  await using proxy = await openFaultProxy(service.url);
  const account = await service.account();
  const random = seeded(seed);
  const breaking = seeded(seed + 1000);
  const at = { account, url: proxy.url, ...(wrap === undefined ? {} : { wrap }) };
  using ada = newMachine("ada", at);
  using bob = newMachine("bob", at);
  proxy.choose = (request): Fault | undefined => {
    // The control meets the one fault that it is not made for.
    if (wrap !== undefined) return request.endsWith("/sync/traces") ? "503" : undefined;
    return breaking.chance(rate) ? breaking.pick(faults) : undefined;
  };
  const exchange = (machine: typeof ada, verb: "push" | "pull", of: Random): Promise<unknown> =>
    wrap !== undefined ? machine.exchange(verb, of) : untilDone(machine, verb, of);
  for (let round = 0; round < rounds; round++) {
    for (const machine of [ada, bob]) {
      for (let piece = 0; piece < 6; piece++) machine.work(random);
      await exchange(machine, "push", random);
    }
    for (const machine of [ada, bob]) await exchange(machine, "pull", random);
  }
  const requests = proxy.log.length;
  // What came last comes without faults; nothing may be left that it would not bring.
  proxy.choose = () => undefined;
  using carl = newMachine("carl", { account, url: service.url });
  for (const machine of [ada, bob]) await untilDone(machine, "push", random);
  for (const machine of [ada, bob, carl]) await untilDone(machine, "pull", random);
  const [mine, theirs, fresh] = await Promise.all([ada, bob, carl].map((one) => one.contents()));
  return { requests, mine, theirs, fresh };
}

describe("where requests are reset, lost, cut, doubled, refused and answered out of order", () => {
  let without = 0;
  test("nothing is wrong without faults", async () => {
    const { requests, mine, theirs, fresh } = await exchangeUnder(0, 1);
    without = requests;
    expect([theirs, fresh]).toEqual([mine, mine]);
  }, 60_000);

  test.each(rates.flatMap((rate, at) => seeds.map((seed) => [rate, seed + at] as const)))(
    "at a rate of %d two machines and a fresh one end with the same (seed %d)",
    async (rate, seed) => {
      const { requests, mine, theirs, fresh } = await exchangeUnder(rate, seed);
      expect(theirs).toEqual(mine);
      expect(fresh).toEqual(mine);
      expect(requests / without).toBeLessThan(1.5 / (1 - rate));
    },
    600_000,
  );

  test("a store that notes rows as sent before they go ends with less", async () => {
    const { mine, fresh } = await exchangeUnder(0.5, 1, careless);
    expect(fresh).not.toEqual(mine);
  }, 60_000);
});
