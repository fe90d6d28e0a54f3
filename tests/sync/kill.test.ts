import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { appendLines } from "../../src/store/files/append.ts";
import { sha256Hex } from "../../src/schema/digest.ts";
import { seeded } from "../support/random.ts";
import { type Account, type TestService, testService } from "../support/service.ts";
import { type Person, personAt } from "./person.ts";
import {
  addLedger,
  addSummary,
  addTrace,
  checkSnapshots,
  contentsOf,
  writeTranscript,
} from "./work.ts";

const root = resolve(import.meta.dir, "../..");
const compiled = join(root, "dist/agent-trace");
const real = existsSync(compiled) ? [compiled] : [process.execPath, join(root, "src/main.ts")];
const careless = [process.execPath, join(import.meta.dir, "careless.ts")];

/** Runs the program as a process; with `delay` it is killed after so many milliseconds. */
async function start(
  person: Person,
  program: readonly string[],
  { verb, delay }: { verb: string; delay?: number },
): Promise<{ exitCode: number | null; elapsed: number; said: string }> {
  const started = performance.now();
  const child = Bun.spawn([...program, verb, "--no-progress"], {
    cwd: person.repo.path,
    env: {
      PATH: process.env["PATH"],
      HOME: person.home,
      AGENT_TRACE_HOME: person.store,
      // The control is killed between its two steps, wherever those are on a slow machine.
      CARELESS_IS_KILLED: delay === undefined ? "no" : "yes",
    },
    stdout: "ignore",
    stderr: "pipe",
  });
  const timer =
    delay === undefined || program === careless
      ? undefined
      : setTimeout(() => child.kill("SIGKILL"), delay);
  const said = await new Response(child.stderr).text();
  await child.exited;
  clearTimeout(timer);
  return { exitCode: child.exitCode, elapsed: performance.now() - started, said };
}

function addRound(person: Person, round: number): void {
  const conversation = writeTranscript(
    person,
    `t${round % 7}`,
    `round ${round}\n`.repeat(round % 5 === 0 ? 30_000 : 100),
  );
  const traces = Array.from({ length: 5 }, (_, number) =>
    addTrace(person, `${round}-${number}`, { conversation }),
  );
  addLedger(person, String(round), { traces });
  addSummary(person, conversation, `2026-02-10T12:00:00.${String(round).padStart(6, "0")}Z`);
}

/** What a fresh home gets: all that the service has. */
async function serviceContents(account: Account): Promise<Record<string, unknown>> {
  using fresh = await personAt(account);
  const { exitCode, stderr } = await fresh.type(["pull"]);
  expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
  checkSnapshots(fresh);
  return contentsOf(fresh);
}

function leftovers({ paths }: Person): string[] {
  return readdirSync(paths.directory, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".tmp") || name.includes("incoming/"));
}

interface Scene {
  readonly service: TestService;
  readonly account: Account;
  readonly ada: Person;
}

/** Kills so many pushes, each with new work to send, then lets one run to its end. */
async function pushUnderKills({ ada }: Scene, program: readonly string[], kills: number) {
  addRound(ada, 0);
  const { elapsed } = await start(ada, program, { verb: "push" });
  const random = seeded(20260210);
  let survived = 0;
  for (let round = 1; round <= kills; round++) {
    addRound(ada, round);
    const { exitCode } = await start(ada, program, {
      verb: "push",
      delay: random.next() * elapsed,
    });
    if (exitCode !== null) survived++;
  }
  return { last: await start(ada, program, { verb: "push" }), survived };
}

/** As that for pulls; the work comes from the service. */
async function pullUnderKills(
  { service, account, ada: bob }: Scene,
  program: readonly string[],
  kills: number,
) {
  const put = (round: number): Promise<unknown> => putRound(service, account, round);
  await put(0);
  const { elapsed } = await start(bob, program, { verb: "pull" });
  const random = seeded(20260211);
  for (let round = 1; round <= kills; round++) {
    await put(round);
    await start(bob, program, { verb: "pull", delay: random.next() * elapsed });
  }
  return start(bob, program, { verb: "pull" });
}

async function putRound(service: TestService, account: Account, round: number): Promise<void> {
  const { token, project } = account;
  const post = async (path: string, body: string): Promise<void> => {
    const answer = await service.request(path, { method: "POST", token, body });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const rows = (resource: string, items: object[]): Promise<void> =>
    post(`/api/v1/sync/${resource}`, JSON.stringify({ project_id: project, items }));
  const text = `round ${round}\n`.repeat(round % 5 === 0 ? 30_000 : 100);
  const blob = sha256Hex(text);
  await post("/api/v1/blobs", text);
  const traces = Array.from({ length: 20 }, (_, number) => ({
    id: `${round}-${number}`,
    files: [],
  }));
  await rows("traces", traces);
  await rows("ledgers", [
    { commit_sha: sha256Hex(`${round}`).slice(0, 40), trace_ids: [], files: {} },
  ]);
  const pointer = { conversation_id: sha256Hex(`t${round % 7}`), content_sha256: blob };
  const updated_at = `2026-02-10T12:00:00.${String(round).padStart(6, "0")}Z`;
  await rows("conversations", [{ ...pointer, size: text.length, updated_at }]);
}

async function withScene<T>(work: (scene: Scene) => Promise<T>): Promise<T> {
  await using service = await testService();
  const account = await service.account();
  using ada = await personAt(account);
  return await work({ service, account, ada });
}

const rowsOf = (contents: Record<string, unknown>): number =>
  (contents["traces"] as string[]).length;

describe("killed at 200 random moments", () => {
  test(
    "a push loses nothing, doubles nothing and leaves nothing unreadable",
    () =>
      withScene(async (scene) => {
        const { last, survived } = await pushUnderKills(scene, real, 200);
        expect({ exitCode: last.exitCode, said: last.said }).toEqual({ exitCode: 0, said: "" });
        expect(survived).toBeLessThan(150);
        expect(leftovers(scene.ada)).toEqual([]);
        const mine = contentsOf(scene.ada);
        expect(rowsOf(mine)).toBe(201 * 5);
        expect(await serviceContents(scene.account)).toEqual(mine);
        const state = JSON.parse(readFileSync(scene.ada.paths.syncState, "utf8"));
        expect(state.remotes.origin.synced.trace_ids.length).toBe(201 * 5);
        checkSnapshots(scene.ada);
      }),
    90_000,
  );

  test(
    "a pull loses nothing, doubles nothing and leaves nothing unreadable",
    () =>
      withScene(async (scene) => {
        const last = await pullUnderKills(scene, real, 200);
        expect({ exitCode: last.exitCode, said: last.said }).toEqual({ exitCode: 0, said: "" });
        expect(leftovers(scene.ada)).toEqual([]);
        const mine = contentsOf(scene.ada);
        expect(rowsOf(mine)).toBe(201 * 20);
        expect(await serviceContents(scene.account)).toEqual(mine);
        checkSnapshots(scene.ada);
      }),
    90_000,
  );

  test(
    "a long push, with two batches under way at once, loses nothing either",
    () =>
      withScene(async ({ account, ada }) => {
        const random = seeded(20260212);
        const rows = 4500;
        for (let round = 0; round < 6; round++) {
          const ids = Array.from({ length: rows }, (_, number) => `${round}-${number}`);
          appendLines(
            ada.paths.traces,
            ids.map((id) => JSON.stringify({ id, timestamp: "2026-02-10T12:00:00Z", files: [] })),
          );
          addLedger(ada, `long-${round}`, { traces: ids });
          for (let kill = 0; kill < 3; kill++) {
            await start(ada, real, { verb: "push", delay: 20 + random.next() * 150 });
          }
        }
        const { exitCode, said } = await start(ada, real, { verb: "push" });
        expect({ exitCode, said }).toEqual({ exitCode: 0, said: "" });
        const mine = contentsOf(ada);
        expect(rowsOf(mine)).toBe(6 * rows);
        expect(await serviceContents(account)).toEqual(mine);
      }),
    90_000,
  );

  test(
    "a push that notes rows as sent before they go loses some",
    () =>
      withScene(async (scene) => {
        await pushUnderKills(scene, careless, 5);
        const theirs = await serviceContents(scene.account);
        expect(rowsOf(theirs)).toBeLessThan(rowsOf(contentsOf(scene.ada)));
      }),
    90_000,
  );

  test(
    "a pull that moves the cursor before the rows are there loses some",
    () =>
      withScene(async (scene) => {
        await pullUnderKills(scene, careless, 5);
        const theirs = await serviceContents(scene.account);
        expect(rowsOf(contentsOf(scene.ada))).toBeLessThan(rowsOf(theirs));
      }),
    90_000,
  );
});
