import { describe, expect, test } from "bun:test";
import { deliveries } from "../support/deliver-edits.ts";
import { replaySession } from "../support/replay.ts";
import { emptyScore } from "../support/replay-score.ts";
import { readSessions } from "../support/replay-sessions.ts";
import { transcriptsDirectory } from "../support/transcripts.ts";

const directory = transcriptsDirectory();
if (directory === undefined) {
  console.log("skipped: the real transcripts are not beside this repository");
}

describe.skipIf(directory === undefined)("the edits of real sessions, with people typing", () => {
  test.each(Object.entries(deliveries))(
    "told as %s tells them are the agent's",
    async (name, deliver) => {
      const score = emptyScore();
      let session = 0;
      for (const edits of readSessions(directory ?? "").values()) {
        await replaySession(edits, { seed: 9000 + session++, people: true, score, deliver });
      }
      const share = score.agentClaimed / score.agent;
      console.log(
        `${name}: ${(100 * share).toFixed(2)} % of ${score.agent} lines of the agent, ` +
          `${score.personClaimed} of ${score.person} of people's`,
      );
      expect(score.personClaimed).toBe(0);
      expect(share).toBeGreaterThanOrEqual(0.995);
    },
    60_000,
  );
});
