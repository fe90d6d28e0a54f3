import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { type TestService, testService } from "../support/service.ts";
import { type Person, newPerson, personAt } from "./person.ts";
import { addLedger, addSummary, addTrace, addWork, sentBy, writeTranscript } from "./work.ts";

let service: TestService;
beforeAll(async () => {
  service = await testService();
});
afterAll(() => service[Symbol.asyncDispose]());

let projects = 0;
/** A project of its own on the shared service, and someone who works on it. */
async function newScene(): Promise<{ ada: Person; remote: string; token: string }> {
  const account = await service.account(`acme/p${++projects}`);
  return { ...account, ada: await personAt(account) };
}

describe("what push is told to send", () => {
  test.each([
    ["traces", ["traces", "conversations", "summaries"]],
    ["ledgers", ["ledgers"]],
    ["commit-links", ["commit_links"]],
    ["all", ["traces", "ledgers", "commit_links", "conversations", "summaries"]],
  ])("--only %s sends %j", async (only, resources) => {
    const { ada, ...account } = await newScene();
    using _ada = ada;
    using bob = await personAt(account);
    addWork(ada, "work", "transcript");
    await ada.type(["push", "--only", only]);
    const pulled = await bob.ask(["pull"]);
    const arrived = Object.entries(pulled["resources"] as Record<string, { merged: number }>);
    expect(arrived.filter(([, { merged }]) => merged > 0).map(([name]) => name)).toEqual(resources);
  });

  test("--since sends what is of that time or later, also what was sent before", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    const old = addTrace(ada, "old", { time: "2026-01-01T00:00:00.000000+00:00" });
    const edge = addTrace(ada, "edge", { time: "2026-02-01T02:00:00.000000+02:00" });
    addLedger(ada, "old", { traces: [old, edge], time: "2026-01-02T00:00:00Z" });
    addLedger(ada, "new", { time: "2026-03-01T00:00:00Z" });
    await ada.type(["push"]);
    expect(sentBy(await ada.ask(["push", "--since", "2026-02-01"]))).toEqual({
      traces: 1,
      ledgers: 1,
      commit_links: 1,
      conversations: 0,
      summaries: 0,
    });
    expect(
      sentBy(await ada.ask(["push", "--since", "2026-02-01T00:00:00.000001Z"]))["traces"],
    ).toBe(0);
  });

  test("holds back a conversation that only held-back traces name, and its summaries; --full sends them", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    const conversation = writeTranscript(ada, "loose", "nobody committed this");
    addTrace(ada, "loose", { conversation });
    addSummary(ada, conversation, "2026-02-10T12:00:00Z");
    const held = await ada.ask(["push"]);
    expect(held["resources"]).toMatchObject({
      traces: { sent: 0, held_back: 1 },
      conversations: { sent: 0, held_back: 1 },
      summaries: { sent: 0, held_back: 1 },
    });
    expect(sentBy(await ada.ask(["push", "--full"]))).toMatchObject({
      traces: 1,
      conversations: 1,
      summaries: 1,
    });
  });

  test.each([
    [["push", "--since", "yesterday"], 2, "usage"],
    [["push", "--since", "2026-02-30"], 2, "usage"],
    [["push", "--only", "everything"], 2, "usage"],
    [["pull", "--full"], 2, "usage"],
    [["sync", "--dry-run"], 2, "usage"],
    [["push", "--remote", "nowhere"], 1, "unknown_remote"],
    [["push", "--offline"], 5, "offline"],
  ])("%j ends with %d", async (argv, exitCode, code) => {
    const { ada } = await newScene();
    using _ada = ada;
    expect(await ada.ask(argv)).toMatchObject({ exitCode, error: { code } });
  });

  test("needs a remote, and an initialised project", async () => {
    using ada = await newPerson();
    expect(await ada.ask(["push"])).toMatchObject({ exitCode: 1, error: { code: "no_remote" } });
    rmSync(ada.paths.directory, { recursive: true });
    expect(await ada.type(["push"])).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "error: agent-trace is not set up in this repository\nhint: run `agent-trace init`\n",
    });
  });
});
