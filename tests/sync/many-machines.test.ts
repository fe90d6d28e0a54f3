import { expect, test } from "bun:test";
import { newMachine, untilDone } from "../support/converge.ts";
import { type Fault, faults, openFaultProxy } from "../support/fault-proxy.ts";
import { seeded } from "../support/random.ts";
import { testService } from "../support/service.ts";
import { careless } from "./careless-store.ts";

const soak = process.env["AGENT_TRACE_TEST_SOAK"] === "1";
const [machineCount, steps] = [5, soak ? 1_000 : 150];

/** Machines record, push and pull in random order, several at a time, while requests break; then all come to rest. */
async function mingle(seed: number, wrap?: typeof careless) {
  await using service = await testService();
  await using proxy = await openFaultProxy(service.url);
  const account = await service.account();
  const random = seeded(seed);
  const breaking = seeded(seed + 1000);
  proxy.choose = (request): Fault | undefined => {
    if (wrap !== undefined) return request.endsWith("/sync/traces") ? "503" : undefined;
    return breaking.chance(0.15) ? breaking.pick(faults) : undefined;
  };
  using stack = new DisposableStack();
  const machines = Array.from({ length: machineCount }, (_, number) =>
    stack.use(
      newMachine(`machine-${number}`, {
        account,
        url: proxy.url,
        ...(wrap === undefined ? {} : { wrap }),
      }),
    ),
  );
  for (let step = 0; step < steps;) {
    // One machine does one thing at a time; machines do not wait for each other.
    const atOnce = machines.filter(() => random.chance(0.5));
    await Promise.all(
      atOnce.map(async (machine) => {
        step++;
        if (random.chance(0.5)) machine.work(random);
        else await machine.exchange(random.chance(0.5) ? "push" : "pull", random);
      }),
    );
  }
  proxy.choose = () => undefined;
  for (const verb of ["push", "pull"] as const) {
    for (const machine of machines) await untilDone(machine, verb, random);
  }
  return await Promise.all(machines.map((machine) => machine.contents()));
}

test(`${machineCount} machines in ${steps} random steps with breaking requests end with the same`, async () => {
  const [first, ...others] = await mingle(20_261_125);
  for (const other of others) expect(other).toEqual(first ?? expect.unreachable());
}, 600_000);

test("machines that note rows as sent before they go do not", async () => {
  const [first, ...others] = await mingle(20_261_125, careless);
  expect(others).not.toEqual(others.map(() => first));
}, 600_000);
