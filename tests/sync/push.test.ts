import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";
import { lockSync } from "../../src/store/exchange/open-exchange.ts";
import { type TestService, testService } from "../support/service.ts";
import { type Person, personAt } from "./person.ts";
import { addLedger, addTrace, addWork, contentsOf, sentBy, writeTranscript } from "./work.ts";

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

/**
 * Every file of a store with what tells whether it was touched; aside from the derived index, empty lock files, and
 * the time of the last exchange, which each exchange changes.
 */
function filesOf(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter(({ name }) => !name.startsWith("index.db") && !name.endsWith("lock"))
      .filter(({ name }) => name !== "exchange-times.json")
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, `${statSync(path).ino} ${statSync(path).mtimeMs}`]),
  );
}

const mutating = (): string[] =>
  service.log.filter(({ method }) => method !== "GET" && method !== "HEAD").map(({ path }) => path);

describe("push", () => {
  test("sends nothing the second time, says so, and touches no file; nor does the second pull", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    addWork(ada, "work", "x".repeat(300_000));
    await ada.type(["push"]);
    await ada.type(["pull"]);
    const before = filesOf(ada.store);
    const again = await ada.ask(["push"]);
    expect({ exitCode: again.exitCode, resources: again["resources"] }).toEqual({
      exitCode: 0,
      resources: {
        traces: { sent: 0, skipped: 1, held_back: 1, refused: 0 },
        ledgers: { sent: 0, skipped: 1, held_back: 0, refused: 0 },
        commit_links: { sent: 0, skipped: 1, held_back: 0, refused: 0 },
        conversations: { sent: 0, skipped: 0, held_back: 0, refused: 0 },
        summaries: { sent: 0, skipped: 1, held_back: 0, refused: 0 },
      },
    });
    expect((await ada.type(["push"])).stdout).toBe(
      "Everything is up to date with origin (1 trace held back)\n",
    );
    expect((await ada.type(["pull"])).stdout).toBe("Nothing new at origin\n");
    expect(filesOf(ada.store)).toEqual(before);
  });

  test("prints with --dry-run what it then does, without a request that changes anything", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    addWork(ada, "small", "small");
    addWork(ada, "large", "y".repeat(400_000));
    service.log.length = 0;
    const before = filesOf(ada.store);
    const rehearsal = await ada.ask(["push", "--dry-run"]);
    expect(mutating()).toEqual([]);
    expect(filesOf(ada.store)).toEqual(before);
    const real = await ada.ask(["push"]);
    expect({ ...rehearsal, stderr: "" }).toEqual({ ...real, dry_run: true, stderr: "" } as never);
    expect(sentBy(real)).toEqual({
      traces: 2,
      ledgers: 2,
      commit_links: 2,
      conversations: 2,
      summaries: 2,
    });
  });

  test("sends 1,201 traces as 500, 500 and 201", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    const traces = Array.from({ length: 1201 }, (_, number) => addTrace(ada, `many-${number}`));
    addLedger(ada, "many", { traces });
    const sizes: number[] = [];
    service.misbehaviour.before = async (request) => {
      if (request.method !== "POST" || !request.url.endsWith("/sync/traces")) return;
      const { items } = (await request.clone().json()) as { items: unknown[] };
      sizes.push(items.length);
    };
    expect(sentBy(await ada.ask(["push"]))["traces"]).toBe(1201);
    delete service.misbehaviour.before;
    expect(sizes).toEqual([500, 500, 201]);
  });

  test("sends a transcript again when it has grown, and not its rows", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    addWork(ada, "work", "first");
    await ada.type(["push"]);
    writeTranscript(ada, "work", "first and more");
    expect(sentBy(await ada.ask(["push"]))).toMatchObject({ traces: 0, conversations: 1 });
  });

  test("sends a ledger again when its commit has a new one", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    addLedger(ada, "commit", { time: "2026-02-10T12:00:00Z" });
    await ada.type(["push"]);
    addLedger(ada, "commit", { time: "2026-02-11T12:00:00Z" });
    expect(sentBy(await ada.ask(["push"]))).toMatchObject({ ledgers: 1, commit_links: 1 });
    expect(sentBy(await ada.ask(["push"]))).toMatchObject({ ledgers: 0, commit_links: 0 });
  });

  test("never sends local paths, commands or people's words, and leaves the rest of the row as it is", async () => {
    const { ada, ...account } = await newScene();
    using _ada = ada;
    using bob = await personAt(account);
    const local = '"repo_root":"/home/ada/app","project_id":"at-1","command":"rm x","message":"hi"';
    const row = (metadata: string): string =>
      `{"version":"2.0","id":"old","big":12345678901234567890,"files":[],"metadata":{${metadata}"tool_name":"Edit"}}`;
    appendFileSync(ada.paths.traces, `${row(`${local},`)}\n`);
    await ada.type(["push", "--full"]);
    await bob.type(["pull"]);
    expect(contentsOf(bob)["traces"]).toEqual([row("")]);
  });

  test("never sends half a line", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    const trace = addTrace(ada, "whole");
    addLedger(ada, "commit", { traces: [trace] });
    for (const file of [ada.paths.traces, ada.paths.ledgers, ada.paths.commitLinks]) {
      appendFileSync(file, '{"version":"2.0","id":"half","commit_sha":"');
    }
    expect(sentBy(await ada.ask(["push", "--full"]))).toMatchObject({ traces: 1, ledgers: 1 });
  });

  test.each(["", "{", "[]", '{"version":99}', '{"version":2,"remotes":{"origin":5}}', "\0\0\0\0"])(
    "works out anew what a damaged manifest %j does not say",
    async (damage) => {
      const { ada } = await newScene();
      using _ada = ada;
      addWork(ada, "work", "transcript");
      await ada.type(["push"]);
      writeFileSync(ada.paths.syncState, damage);
      for (const name of readdirSync(ada.paths.directory)) {
        if (name.startsWith("index.db")) rmSync(join(ada.paths.directory, name));
      }
      const again = await ada.ask(["push"]);
      expect({ exitCode: again.exitCode, sent: sentBy(again)["traces"] }).toEqual({
        exitCode: 0,
        sent: 1,
      });
      expect(sentBy(await ada.ask(["push"]))["traces"]).toBe(0);
    },
  );

  test("waits for another sync of the project, and says so", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    const never = new AbortController().signal;
    const lock = await lockSync(ada.paths, { signal: never, onWait: () => {} });
    const push = ada.type(["push"]);
    // The message comes after a second; this waits for it and no longer.
    await Bun.sleep(1100);
    lock[Symbol.dispose]();
    const { exitCode, stderr } = await push;
    expect({ exitCode, said: stderr.includes("waiting for another sync") }).toEqual({
      exitCode: 0,
      said: true,
    });
  });

  test("keeps what was acknowledged when it is interrupted", async () => {
    const { ada } = await newScene();
    using _ada = ada;
    const traces = Array.from({ length: 1100 }, (_, number) => addTrace(ada, `stop-${number}`));
    addLedger(ada, "stop", { traces });
    const controller = new AbortController();
    let batches = 0;
    service.misbehaviour.before = (request) => {
      if (request.url.endsWith("/sync/traces") && ++batches === 3) {
        controller.abort(new AppError("interrupted", "interrupted"));
      }
    };
    const stopped = await ada.ask(["push"], { signal: controller.signal });
    delete service.misbehaviour.before;
    expect(stopped).toMatchObject({ exitCode: 130, error: { code: "interrupted" } });
    const rest = sentBy(await ada.ask(["push"]))["traces"] ?? 0;
    expect(rest).toBeLessThanOrEqual(600);
    expect(rest).toBeGreaterThanOrEqual(100);
  });

  test("loses nothing and doubles nothing where answers are lost after the work was done", async () => {
    const { ada, ...account } = await newScene();
    using _ada = ada;
    using bob = await personAt(account);
    addWork(ada, "work", "z".repeat(300_000));
    service.misbehaviour.cutAfterCommit = 3;
    service.misbehaviour.only = "/sync/";
    expect((await ada.type(["push", "--full"])).exitCode).toBe(0);
    delete service.misbehaviour.only;
    expect(service.misbehaviour.cutAfterCommit).toBe(0);
    await bob.type(["pull"]);
    expect(contentsOf(bob)).toEqual(contentsOf(ada));
  });
});

describe("what is known of a remote", () => {
  const synced = ({ paths }: Person): Record<string, number> => {
    const { remotes } = JSON.parse(readFileSync(paths.syncState, "utf8"));
    return Object.fromEntries(
      Object.entries(remotes as Record<string, { synced: { trace_ids: string[] } }>).map(
        ([name, entry]) => [name, entry.synced.trace_ids.length],
      ),
    );
  };

  test("goes along with a new name, and goes with the remote or its address", async () => {
    const { ada, remote } = await newScene();
    using _ada = ada;
    addWork(ada, "work", "transcript");
    await ada.type(["push"]);
    await ada.type(["remote", "rename", "origin", "team"]);
    expect(synced(ada)).toEqual({ team: 1 });
    expect(sentBy(await ada.ask(["push"]))["traces"]).toBe(0);
    await ada.type(["remote", "set-url", "team", `${remote}-2`]);
    expect(synced(ada)).toEqual({});
    await ada.type(["remote", "set-url", "team", remote]);
    expect(sentBy(await ada.ask(["push"]))["traces"]).toBe(1);
    await ada.type(["remote", "remove", "team"]);
    expect(synced(ada)).toEqual({});
  });
});
