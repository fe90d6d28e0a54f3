import { describe, expect, test } from "bun:test";
import { type Score, emptyScore, readSessions, replaySession } from "../../support/replay.ts";
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
