import { expect, test } from "bun:test";
import { temporaryDirectory } from "../../support/directories.ts";
import { Diverged, HostileWork, emptyTally } from "../../support/hostile-work.ts";
import { compiledProgram } from "../../support/program.ts";

/** Many short histories rather than few long ones: a run ends where git itself merges equal lines in two ways. */
const isSoak = process.env["AGENT_TRACE_TEST_SOAK"] === "1";
const seeds = Array.from({ length: isSoak ? 20_000 : 24 }, (_, index) => 1000 + index);

test("whatever people and git do between the events, no line is claimed that an agent did not write", () => {
  const tally = emptyTally();
  let steps = 0;
  for (const seed of seeds) {
    using directory = temporaryDirectory();
    const work = new HostileWork(directory.path, { program: compiledProgram(), seed, tally });
    try {
      for (let step = 0; step < 30; step++, steps++) work.step();
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
    }
  }
  const { agent, agentClaimed, others, othersClaimed, othersAlike, faults } = tally;
  const share = agentClaimed / agent;
  console.log(
    `${steps} steps: ${(100 * share).toFixed(2)} % of ${agent} lines of agents claimed, ` +
      `${othersClaimed} of ${others} lines of others (${othersAlike} of them read like an agent's)`,
  );
  expect(faults.filter((fault) => !fault.startsWith("agent"))).toEqual([]);
  expect(othersClaimed).toBe(0);
  // Common lines amid what people rewrote, and lines of conflicts that they resolved, are given up rather than guessed.
  expect(share).toBeGreaterThan(0.97);
  // The control: by text alone people's lines would be taken for an agent's.
  expect(othersAlike).toBeGreaterThan(50);
}, 36_000_000);
