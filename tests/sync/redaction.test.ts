import { expect, test } from "bun:test";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formats } from "../../src/redaction/formats.ts";
import { samplesOf } from "../redaction/samples.ts";
import { testService } from "../support/service.ts";
import { personAt } from "./person.ts";
import { addWork } from "./work.ts";

const allBytes = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");

test("no secret of a conversation reaches the service or a teammate, unless redaction is off", async () => {
  await using service = await testService();
  const account = await service.account("acme/p");
  using ada = await personAt(account);
  using ben = await personAt(account);
  const samples = formats.flatMap((format, index) => samplesOf(format, index + 1));
  writeFileSync(join(ada.repo.path, ".env"), "APP_SECRET=grün-und-9-blau\n");
  const texts = [...samples.map(({ text }) => text), "the word is grün-und-9-blau"];
  const lines = texts.map((text) => JSON.stringify({ type: "user", message: { content: text } }));
  addWork(ada, "work", `${lines.join("\n")}\n`);
  const pushed = await ada.type(["push", "--full"]);
  expect(pushed.exitCode).toBe(0);
  expect((await ben.type(["pull"])).exitCode).toBe(0);

  const there = allBytes(join(ben.store, "projects"));
  expect(there).toContain("[redacted:env-value]");
  const left = samples.filter(({ secret }) => there.includes(JSON.stringify(secret).slice(1, -1)));
  expect(left.map(({ rule }) => rule)).toEqual([]);
  // What stays here is untouched.
  const live = allBytes(ada.paths.live);
  expect(live).toContain(JSON.stringify(samples[0]?.secret).slice(1, -1));

  await ada.type(["config", "set", "redaction.enabled", "false", "--yes"]);
  const open = await ada.type(["push", "--full"]);
  expect(open.stderr).toContain("redaction is off");
  await ben.type(["pull"]);
  expect(allBytes(join(ben.store, "projects"))).toContain(samples[0]?.secret ?? "");
});

test("the raw copy of a session that is over stays where its snapshot has masks, and goes where it has none", async () => {
  await using service = await testService();
  const account = await service.account("acme/p");
  using ada = await personAt(account);
  const line = (text: string): string =>
    `${JSON.stringify({ type: "user", message: { content: text } })}\n`;
  const secret = "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";
  addWork(ada, "masked", line(`use ${secret}`).repeat(20));
  addWork(ada, "plain", line("use nothing").repeat(20));
  await ada.type(["push", "--full"]);
  const sources = readdirSync(ada.paths.live).filter((name) => name.endsWith(".json"));
  for (const name of sources) {
    rmSync(JSON.parse(readFileSync(join(ada.paths.live, name), "utf8")).source);
  }
  await ada.type(["push", "--full"]);
  const left = readdirSync(ada.paths.live).filter((name) => /^[0-9a-f]{64}$/.test(name));
  expect(
    left.map((name) => readFileSync(join(ada.paths.live, name), "utf8").includes(secret)),
  ).toEqual([true]);
});
