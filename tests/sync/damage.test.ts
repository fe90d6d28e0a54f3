import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { type Account, type TestService, testService } from "../support/service.ts";
import { type Person, personAt } from "./person.ts";
import { addTrace, addWork, contentsOf } from "./work.ts";

let service: TestService;
let projects = 0;
beforeAll(async () => {
  service = await testService();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Two who have the same: ada made it and keeps copies of her transcripts, bob has only what he pulled. */
async function pair(): Promise<{ account: Account; ada: Person; bob: Person }> {
  const account = await service.account(`acme/damage-${projects++}`);
  const ada = await personAt(account);
  addWork(ada, "small", "a small transcript\n");
  addWork(ada, "large", "a line of a large one\n".repeat(20_000));
  await ada.type(["push", "--full"]);
  const bob = await personAt(account);
  await bob.type(["pull"]);
  expect(contentsOf(bob)).toEqual(contentsOf(ada));
  return { account, ada, bob };
}

const garbage = ["", '{"half', "\0\0\0\0", "[]"];
const files = {
  "sync-state.json": ({ paths }: Person) => paths.syncState,
  "remotes.json": ({ paths }: Person) => paths.remotes,
  "project-config.json": ({ paths }: Person) => paths.config,
  "config.json": ({ store }: Person) => `${store}/config.json`,
  "_index.json": ({ paths }: Person) => paths.conversationIndex,
} as const;
type Name = keyof typeof files;

/** What a sync says at first, and what a person types then. Undefined: nothing more than a warning. */
const answers: Readonly<Record<Name, { exitCode: number; code: string } | undefined>> = {
  "sync-state.json": undefined,
  "remotes.json": { exitCode: 1, code: "no_remote" },
  "project-config.json": undefined,
  "config.json": { exitCode: 4, code: "missing_token" },
  "_index.json": undefined,
};

describe("a damaged file is kept and said, and nothing is lost:", () => {
  const table = (Object.keys(files) as Name[]).flatMap((name) =>
    garbage.map((text) => [name, text] as const),
  );
  test.each(table)("%s holding %j", async (name, text) => {
    const { account, ada, bob } = await pair();
    using _ada = ada;
    using _bob = bob;
    for (const person of [ada, bob]) {
      const before = contentsOf(person);
      const path = files[name](person);
      writeFileSync(path, text);
      const said = await person.ask(["sync", "--no-progress"]);
      expect(said.stderr).toContain(`is damaged and was kept as \`${basename(path)}.bad-1\``);
      expect(readFileSync(`${path}.bad-1`, "utf8")).toBe(text);
      const answer = answers[name];
      expect([said.exitCode, said["error"]?.code]).toEqual([answer?.exitCode ?? 0, answer?.code]);
      if (answer !== undefined) {
        const again =
          answer.code === "no_remote" ? ["add", "origin", account.remote] : ["set-token", "origin"];
        const stdin = account.token;
        expect((await person.type(["remote", ...again, "--token", "-"], { stdin })).exitCode).toBe(
          0,
        );
        expect((await person.type(["sync"])).exitCode).toBe(0);
      }
      expect(contentsOf(person)).toEqual(before);
    }
    using carl = await personAt(account);
    await carl.type(["pull"]);
    expect(contentsOf(carl)).toEqual(contentsOf(ada));
  });
});

describe("transcripts that were pulled are found again", () => {
  const index = ({ paths }: Person): string => paths.index;
  test.each<[string, ((person: Person) => string)[]]>([
    ["_index.json", [files["_index.json"]]],
    ["index.db", [index]],
    ["both", [files["_index.json"], index]],
  ])("after %s was deleted", async (_name, lost) => {
    const { ada, bob } = await pair();
    using _ada = ada;
    using _bob = bob;
    const before = contentsOf(bob);
    for (const path of lost) {
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path(bob)}${end}`, { force: true });
    }
    expect((await bob.type(["pull"])).exitCode).toBe(0);
    expect(contentsOf(bob)).toEqual(before);
    expect(await bob.type(["pull"])).toMatchObject({
      stdout: "Nothing new at origin\n",
    });
  });

  test("and looking at them does not write them anew", async () => {
    const { ada, bob } = await pair();
    using _ada = ada;
    using _bob = bob;
    rmSync(bob.paths.conversationIndex);
    for (const argv of [["status"], ["push", "--dry-run"], ["pull", "--dry-run"]]) {
      expect((await bob.type(argv)).exitCode).toBe(0);
      expect(existsSync(bob.paths.conversationIndex)).toBe(false);
    }
  });
});

test.each([
  ["small", "a small transcript\n"],
  ["large", "a line of a large one\n".repeat(20_000)],
])(
  "a %s snapshot with a bit turned is not sent, and is named until it is whole",
  async (_size, text) => {
    using ada = await personAt(await service.account(`acme/damage-${projects++}`));
    // Of another org: this one has the bytes already and is asked for them.
    const second = await service.account(`other/damage-${projects++}`);
    using bob = await personAt(second);
    addWork(ada, "work", text);
    addWork(ada, "other", "another");
    await ada.type(["push"]);
    const add = ["remote", "add", "second", second.remote, "--token", second.token];
    expect((await ada.type(add)).exitCode).toBe(0);
    const path = join(ada.paths.conversations, sha256Hex(text).slice(0, 2), sha256Hex(text));
    const bytes = readFileSync(path);
    const turned = Buffer.from(bytes);
    turned[0] = (turned[0] ?? 0) ^ 1;
    writeFileSync(path, turned);
    expect(await ada.ask(["push", "--remote", "second", "--no-progress"])).toMatchObject({
      exitCode: 8,
      resources: { conversations: { sent: 1, refused: 1 } },
      errors: [{ code: "transcript_damaged", resource: "conversations" }],
    });
    writeFileSync(path, bytes);
    expect((await ada.ask(["push", "--remote", "second"]))["resources"].conversations.sent).toBe(1);
    await bob.type(["pull"]);
    expect(contentsOf(bob)["transcripts"]).toEqual(contentsOf(ada)["transcripts"]);
  },
);

const rowFiles = {
  "traces.jsonl": ({ paths }: Person) => paths.traces,
  "ledgers.jsonl": ({ paths }: Person) => paths.ledgers,
  "commit-links.jsonl": ({ paths }: Person) => paths.commitLinks,
  "session-summaries.jsonl": ({ paths }: Person) => paths.summaries,
};

test("half a line at the end of every file is never sent, hides nothing and glues nothing", async () => {
  const { account, ada, bob } = await pair();
  using _ada = ada;
  using _bob = bob;
  const half = '{"version":"2.0","id":"half","commit_sha":"half","conversation_id":"half","created';
  for (const person of [ada, bob]) {
    for (const path of Object.values(rowFiles)) appendFileSync(path(person), half);
  }
  const id = addTrace(ada, "after the kill");
  for (const person of [ada, bob, ada]) {
    expect((await person.type(["sync"])).exitCode).toBe(0);
    expect((await person.type(["push", "--full"])).exitCode).toBe(0);
  }
  const whole = (person: Person) => {
    const { traces, ...rest } = contentsOf(person) as { traces: string[] };
    const rows = Object.entries({ traces, ...rest }).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.filter((line) => line !== half) : value,
    ]);
    return Object.fromEntries(rows) as { traces: string[] };
  };
  await bob.type(["pull"]);
  expect(whole(bob)).toEqual(whole(ada));
  expect(whole(bob).traces.filter((line) => line.includes(id))).toHaveLength(1);
  using carl = await personAt(account);
  await carl.type(["pull"]);
  expect(contentsOf(carl)).toEqual(whole(ada));
});

describe.skipIf(process.platform === "win32")(
  "what is no file is named, and waited for by nobody",
  () => {
    const kinds: [string, (path: string) => void][] = [
      ["a directory", (path) => mkdirSync(path)],
      ["a pipe", (path) => void Bun.spawnSync(["mkfifo", path])],
      ["a link to itself", (path) => symlinkSync(path, path)],
    ];
    const places = {
      ...rowFiles,
      "remotes.json": files["remotes.json"],
      "sync-state.json": files["sync-state.json"],
    };
    const table = kinds.flatMap(([kind]) =>
      Object.keys(places).map((name) => [kind, name] as const),
    );

    test.each(table)("%s in the place of %s", async (kind, name) => {
      const { ada, bob } = await pair();
      using _ada = ada;
      using _bob = bob;
      const path = places[name as keyof typeof places](bob);
      renameSync(path, `${path}.aside`);
      kinds.find(([known]) => known === kind)?.[1](path);
      // A process of its own: one that waited for a writer could not be interrupted.
      const main = resolve(import.meta.dir, "../../src/main.ts");
      const child = Bun.spawn([process.execPath, main, "push", "--no-progress"], {
        cwd: bob.repo.path,
        env: { PATH: process.env["PATH"], HOME: bob.home, AGENT_TRACE_HOME: bob.store },
        stdout: "ignore",
        stderr: "pipe",
        timeout: 10_000,
        killSignal: "SIGKILL",
      });
      const said = await new Response(child.stderr).text();
      expect(await child.exited).not.toBe(137);
      expect(said).toContain(path);
      expect(said).not.toContain("bug");
      rmSync(path, { recursive: true, force: true });
      renameSync(`${path}.aside`, path);
      expect((await bob.type(["sync"])).exitCode).toBe(0);
      expect(contentsOf(bob)).toEqual(contentsOf(ada));
    });
  },
);
