import { expect, test } from "bun:test";
import { join } from "node:path";
import { appendUnderKills } from "../support/append-under-kills.ts";
import { failPoints } from "../support/fail-points.ts";

const soak = process.env["AGENT_TRACE_TEST_SOAK"] === "1";

test("appenders, gc in a loop and kills: every acknowledged state of every transcript can be read", async () => {
  const rounds = soak ? 100 : 6;
  const outcome = await appendUnderKills({
    appenders: soak ? 50 : 12,
    rounds,
    seed: 20_261_125,
  });
  console.log(`${outcome.acknowledged} acknowledged states, ${rounds} kills`);
  expect(outcome.acknowledged).toBeGreaterThan(rounds * 20);
  expect(outcome.wrong).toEqual([]);
}, 600_000);

test("a service that answers before it stores loses some", async () => {
  const program = join(import.meta.dir, "../support/hasty-server.ts");
  const { wrong } = await appendUnderKills({ appenders: 4, rounds: 3, seed: 7, program });
  expect(wrong.length).toBeGreaterThan(0);
}, 60_000);

test("killed at every step of an append and of an upload, nothing acknowledged is lost", async () => {
  const points = (await failPoints()).filter((name) => /^service\.(?:append|upload)/.test(name));
  expect(points.length).toBeGreaterThan(4);
  const failAt = points.flatMap((name) => [name, `${name}:3`]);
  const { wrong, killed } = await appendUnderKills({
    appenders: 4,
    rounds: failAt.length,
    seed: 7,
    failAt,
  });
  expect(wrong).toEqual([]);
  expect(killed).toEqual(failAt);
}, 120_000);
