import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../support/agent-session.ts";
import { deliveries } from "../support/deliver-edits.ts";
import { seeded } from "../support/random.ts";
import { replaySession } from "../support/replay.ts";
import { emptyScore } from "../support/replay-score.ts";
import { readSessions } from "../support/replay-sessions.ts";
import { TrackedFile } from "../support/tracked-file.ts";
import { transcriptsDirectory } from "../support/transcripts.ts";

const directory = transcriptsDirectory();
if (directory === undefined) {
  console.log("skipped: the real transcripts are not beside this repository");
}

describe.skipIf(directory === undefined)("the edits of a real session, with people typing", () => {
  test.each(Object.entries(deliveries))(
    "told as %s tells them are the agent's",
    async (_, deliver) => {
      const score = emptyScore();
      // The beginning of one session here; `bun run soak deliver-edits` takes them all.
      const [edits = []] = readSessions(directory ?? "").values();
      await replaySession(edits.slice(0, 12), { seed: 9000, people: true, score, deliver });
      expect([score.personClaimed, score.baseClaimed]).toEqual([0, 0]);
      expect(score.agentClaimed / score.agent).toBeGreaterThanOrEqual(0.98);
    },
  );
});

test("of three agents and a person in one file, each has its own lines", async () => {
  using session = await agentSession();
  const random = seeded(11);
  session.repo.commit("base", { "a.ts": "base 0\nbase 1\nbase 2\n" });
  const file = join(session.repo.path, "a.ts");
  const authors = ["codex", "claude-code", "cursor", "person"];
  for (let round = 0; round < 60; round++) {
    const author = random.pick(authors);
    const before = readFileSync(file, "utf8");
    const tracked = new TrackedFile(before, "base");
    const old = random.pick(before.split("\n").slice(0, -1));
    const at = before.indexOf(`${old}\n`);
    const put = `${old}\n${author} ${round}.`;
    const step = tracked.replaceText(at, at + old.length, put, "agent");
    writeFileSync(file, tracked.text);
    const deliver = deliveries[author];
    if (deliver === undefined) continue;
    const { after } = deliver({
      root: session.repo.path,
      home: session.home,
      path: file,
      call: `toolu_${round}`,
      before,
      after: tracked.text,
      write: undefined,
      oldText: old,
      asked: old,
      newText: put,
      replaceAll: false,
      steps: [step],
    });
    const outcome = await session.run(["record", "--strict"], { stdin: JSON.stringify(after) });
    expect(outcome).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  }
  await session.commit();
  const { attributions } = await session.json<{
    attributions: { start_line: number; end_line: number; tool: { name: string } }[];
  }>(["blame", "a.ts"]);
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  const told = lines.map((_, index) => {
    const found = attributions.find(
      ({ start_line, end_line }) => start_line <= index + 1 && index + 1 <= end_line,
    );
    return found?.tool.name ?? "nobody";
  });
  const written = lines.map((line) => line.split(" ")[0] ?? "");
  expect(told).toEqual(
    written.map((author) => (author === "base" || author === "person" ? "nobody" : author)),
  );
});
