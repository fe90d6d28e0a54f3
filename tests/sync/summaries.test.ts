import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { appendLines } from "../../src/store/files/append.ts";
import { testService } from "../support/service.ts";
import { personAt } from "./person.ts";
import { addWork, writeTranscript } from "./work.ts";

const secret = "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";

test("a summary of another program leaves with its secrets masked, and stays away with the conversations", async () => {
  await using service = await testService();
  const account = await service.account("acme/p");
  using ada = await personAt(account);
  using ben = await personAt(account);
  addWork(ada, "work", `${JSON.stringify({ type: "user", message: { content: "hi" } })}\n`);
  const id = writeTranscript(
    ada,
    "theirs",
    `${JSON.stringify({ type: "user", message: { content: "hi" } })}\n`,
  );
  const row = {
    conversation_id: id,
    summary: `used ${secret}`,
    created_at: "2026-02-10T12:00:00+00:00",
  };
  appendLines(ada.paths.summaries, [JSON.stringify(row)]);
  expect((await ada.ask(["push", "--full", "--no-transcripts"])).exitCode).toBe(0);
  await ben.type(["pull"]);
  expect(await Bun.file(ben.paths.summaries).exists()).toBeFalse();
  expect((await ada.ask(["push", "--full"])).exitCode).toBe(0);
  await ben.type(["pull"]);
  const rows = readFileSync(ben.paths.summaries, "utf8").trim().split("\n");
  const there = rows.map((text) => JSON.parse(text) as Record<string, string>);
  expect(there.find(({ conversation_id }) => conversation_id === id)).toEqual({
    ...row,
    summary: expect.stringMatching(/^used \[redacted:[\w-]+\]$/),
  });
  const before = readFileSync(ada.paths.summaries, "utf8");
  // A push without news sends nothing again.
  expect(await ada.ask(["push", "--full"])).toMatchObject({ exitCode: 0 });
  await ada.type(["pull"]);
  expect(readFileSync(ada.paths.summaries, "utf8")).toBe(before);
});
