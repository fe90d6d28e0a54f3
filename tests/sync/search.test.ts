import { expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { testService } from "../support/service.ts";
import { personAt } from "./person.ts";
import { addWork } from "./work.ts";

const line = (text: string): string =>
  `${JSON.stringify({ type: "user", message: { role: "user", content: text } })}\n`;

test("a teammate's conversations are found after a pull, and exchanges fill the index meanwhile", async () => {
  await using service = await testService();
  const account = await service.account("acme/p");
  using ada = await personAt(account);
  using ben = await personAt(account);
  addWork(ada, "work", line("a word of ada"));
  expect(existsSync(ada.paths.search)).toBeFalse();
  await ada.type(["push", "--full", "--dry-run"]);
  expect(existsSync(ada.paths.search)).toBeFalse();
  await ada.type(["push", "--full"]);
  expect(existsSync(ada.paths.search)).toBeTrue();
  await ben.type(["pull"]);
  expect((await ben.type(["search", "word"])).stdout).toContain("user: a word of ada\n");
  rmSync(ben.paths.conversations, { recursive: true });
  await ben.type(["pull"]);
  expect(await Bun.file(ben.paths.search).text()).not.toContain("a word of ada");
});
