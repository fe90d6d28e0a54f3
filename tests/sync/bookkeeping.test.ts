import { expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { testService } from "../support/service.ts";
import { type Person, personAt } from "./person.ts";
import { addWork, writeTranscript } from "./work.ts";

const row = (value: object): string => `${JSON.stringify(value)}\n`;
const said = (content: string): string => row({ type: "user", message: { role: "user", content } });
const book = row({ type: "api-request-blob", body: "you are an agent".repeat(50) });

const kept = ({ paths }: Person): string[] =>
  readdirSync(paths.conversations, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));

test("bookkeeping stays here where that is set, also of a transcript that grows, and is sent where it is not", async () => {
  await using service = await testService();
  const account = await service.account("acme/p");
  using ada = await personAt(account);
  using ben = await personAt(account);
  addWork(ada, "work", said("first") + book);
  await ada.type(["push", "--full"]);
  await ben.type(["pull"]);
  expect(kept(ben).some((text) => text.includes("you are an agent"))).toBeTrue();

  await ada.type(["config", "set", "redaction.leave-out-bookkeeping", "true"]);
  const grown = said("one") + book + said("two") + book;
  writeTranscript(ada, "more", grown);
  expect((await ada.type(["push", "--full"])).exitCode).toBe(0);
  writeTranscript(ada, "more", grown + book + said("three"));
  expect((await ada.type(["push", "--full"])).exitCode).toBe(0);
  await ben.type(["pull"]);
  expect(kept(ben)).toContain(said("one") + said("two") + said("three"));
  // What is kept here of one's own is whole.
  expect(kept(ada)).toContain(grown + book + said("three"));
  // Nothing new, nothing sent.
  const again = await ada.ask(["push", "--full"]);
  expect([again.exitCode, again["resources"].conversations.sent ?? 0]).toEqual([0, 0]);
});
