import { describe, expect, test } from "bun:test";
import { modes } from "../../support/replay-modes.ts";
import { type ReplayMode, replaySession } from "../../support/replay.ts";
import { type Score, emptyScore } from "../../support/replay-score.ts";
import { readSessions } from "../../support/replay-sessions.ts";
import { transcriptsDirectory } from "../../support/transcripts.ts";

const directory = transcriptsDirectory();
if (directory === undefined) {
  console.log("skipped: the real transcripts are not beside this repository");
}

/** The goals of the design: what an agent wrote is claimed, what a person wrote is not. */
function meetsGoals(agentClaimed: number, personClaimed: number, score: Score): boolean {
  return agentClaimed / score.agent >= 0.995 && personClaimed === 0;
}

async function replayAll(seed: number, people: boolean): Promise<Score> {
  const score = emptyScore();
  let session = 0;
  for (const edits of readSessions(directory ?? "").values()) {
    await replaySession(edits, { seed: seed * 1000 + session++, people, score });
  }
  const { agent, agentClaimed, person, personClaimed, baseClaimed, edits, commits } = score;
  console.log(
    `seed ${seed}: ${edits} edits, ${commits} commits: ` +
      `${((100 * agentClaimed) / agent).toFixed(2)} % of ${agent} lines of the agent claimed, ` +
      `${personClaimed} of ${person} of people's lines, ${baseClaimed} of older lines ` +
      `(by hash alone: ${((100 * score.hashAgentClaimed) / agent).toFixed(2)} %, ${score.hashPersonClaimed})`,
  );
  return score;
}

/** Two sessions a mode; all of them in `bun run soak`. */
const isSoak = process.env["AGENT_TRACE_TEST_SOAK"] === "1";

async function replayMode(mode: ReplayMode, number: number): Promise<Score> {
  const score = emptyScore();
  // A few of the larger ones: of a small one a single line is more than may be missing.
  const sessions = [...readSessions(directory ?? "").values()].sort(
    (one, other) => other.length - one.length,
  );
  // Each mode has others of them.
  const some = sessions.filter((_, at) => (at < 6 && (at + number) % 3 === 0) || isSoak);
  for (const [at, edits] of some.entries()) {
    await replaySession(edits, { seed: 5000 + 100 * number + at, people: true, score, mode });
  }
  const { agent, agentClaimed, person, personClaimed, baseClaimed } = score;
  if (process.env["AGENT_TRACE_TEST_FAULTS"] === "1") console.log(score.faults.join("\n"));
  console.log(
    `${mode.name.padEnd(32)} ${((100 * agentClaimed) / agent).toFixed(2).padStart(6)} % of ${agent}` +
      `, ${personClaimed} of ${person} of people's, ${baseClaimed} older` +
      ` (by hash alone: ${((100 * score.hashAgentClaimed) / agent).toFixed(2)} %, ${score.hashPersonClaimed})`,
  );
  return score;
}

describe.skipIf(directory === undefined)("on the work of real sessions, after", () => {
  test.each(modes.map((mode, number) => [mode.name, mode, number] as const))(
    "%s",
    async (_, mode, number) => {
      const score = await replayMode(mode, number);
      expect(score.faults.filter((fault) => !fault.startsWith("agent"))).toEqual([]);
      const least = mode.least ?? 0.995;
      expect(score.agentClaimed / score.agent).toBeGreaterThanOrEqual(least);
      // The controls: matching hashes claims people's lines, and claiming nothing is not enough.
      expect(meetsGoals(score.hashAgentClaimed, score.hashPersonClaimed, score)).toBe(false);
      expect(meetsGoals(0, 0, score)).toBe(false);
    },
    600_000,
  );
});

describe.skipIf(directory === undefined)("on the work of real sessions", () => {
  test("every line of the agent is claimed where nobody else types", async () => {
    const score = await replayAll(1, false);
    expect(meetsGoals(score.agentClaimed, score.baseClaimed, score)).toBe(true);
  }, 60_000);

  test.each([7, 8])(
    "with people typing between the edits, theirs are not claimed (seed %d)",
    async (seed) => {
      const score = await replayAll(seed, true);
      expect(score.faults.filter((fault) => !fault.startsWith("agent"))).toEqual([]);
      expect(meetsGoals(score.agentClaimed, score.personClaimed, score)).toBe(true);
      // The control: what the field does, matching hashes, claims people's lines on the same work.
      expect(meetsGoals(score.hashAgentClaimed, score.hashPersonClaimed, score)).toBe(false);
    },
    60_000,
  );
});
