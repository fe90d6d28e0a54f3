import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../support/directories.ts";
import { Events } from "../../support/hostile-work/events.ts";
import { runSeeds } from "../../support/hostile-work/run-seeds.ts";

/** Many short histories rather than few long ones: a run ends where git itself merges equal lines in two ways. */
const isSoak = process.env["AGENT_TRACE_TEST_SOAK"] === "1";
const first = Number(process.env["AGENT_TRACE_TEST_SEED"] ?? 1000);
const count = isSoak ? 20_000 : 500;
const steps = isSoak ? 30 : 10;

test("whatever people and git do between the events, no line is claimed that an agent did not write", async () => {
  const found = await runSeeds(first, { count, steps });
  const { agent, agentClaimed, others, othersClaimed, othersAlike, faults } = found.tally;
  const share = agentClaimed / agent;
  console.log(
    `${found.steps} steps: ${(100 * share).toFixed(2)} % of ${agent} lines of agents claimed, ` +
      `${othersClaimed} of ${others} lines of others (${othersAlike} of them read like an agent's)`,
  );
  expect(faults.filter((fault) => !fault.startsWith("agent"))).toEqual([]);
  expect(othersClaimed).toBe(0);
  // Common lines amid what people rewrote, and lines of conflicts that they resolved, are given up rather than guessed.
  expect(share).toBeGreaterThan(0.99);
  // The control: by text alone people's lines would be taken for an agent's.
  expect(othersAlike).toBeGreaterThan(50);
  // The journal of hooks tells of each that ran, once, and what came of it.
  expect(found.tally.uncounted).toEqual([]);
  expect(found.tally.hooks).toBeGreaterThan(count * 5);
}, 36_000_000);

test("a hook that the journal does not tell of is noticed (control)", async () => {
  using directory = temporaryDirectory();
  const environment = { HOME: directory.path, PATH: process.env["PATH"] ?? "" };
  mkdirSync(join(directory.path, ".agent-trace"));
  const events = new Events({ home: directory.path, environment, program: "" });
  const event = { hook_event_name: "SessionStart", session_id: "one", cwd: directory.path };
  await events.send(event);
  expect(events.problems()).toEqual([]);
  events.expect("record", "SessionStart");
  expect(events.problems()).toEqual(["1 hooks seen of 2", "1 of 2 SessionStart told of"]);
});
