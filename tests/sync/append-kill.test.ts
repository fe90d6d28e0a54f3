import { expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { accountAt, openFront } from "./front.ts";
import { type Person, newPerson, personAt } from "./person.ts";
import { addWork, checkSnapshots, contentsOf } from "./work.ts";

const root = resolve(import.meta.dir, "../..");
const real = [process.execPath, join(root, "src/main.ts")];
const careless = [process.execPath, join(import.meta.dir, "careless.ts")];

const line = `${"a turn of a session ".repeat(5)}\n`;
const step = 60_000;

function startPush(person: Person, program: readonly string[]) {
  return Bun.spawn([...program, "push", "--no-progress"], {
    cwd: person.repo.path,
    env: { PATH: process.env["PATH"], HOME: person.home, AGENT_TRACE_HOME: person.store },
    stdout: "ignore",
    stderr: "ignore",
  });
}

/**
 * Lets a transcript grow and kills the push at each of its requests about transcripts in turn: before the service sees
 * it, or when it has done it and before it answers. Gives how many kills there were, and what is where after one more.
 */
async function pushUnderKills(program: readonly string[], kills: number) {
  await using front = await openFront();
  const account = await accountAt(front);
  using ada = await personAt(account);
  let child: ReturnType<typeof startPush> | undefined;
  let left = Infinity;
  let when: "before" | "after" = "before";
  front.answer = async (request) => {
    if (request.url.includes("/version")) {
      const capabilities = ["blobs-missing", "blob-append", "row-status"];
      return Response.json({ capabilities, limits: { append_bytes: step } });
    }
    if (!/\/blobs|\/conversations/.test(request.url) || request.method === "GET") return undefined;
    if (--left > 0) return undefined;
    if (when === "after") await front.service.service.fetch(request);
    child?.kill("SIGKILL");
    await child?.exited;
    return new Response(null, { status: 500 });
  };
  addWork(ada, "session", line.repeat(3_000));
  expect(await startPush(ada, program).exited).toBe(0);
  let killed = 0;
  for (let round = 0; round < kills; round++) {
    appendFileSync(join(ada.home, "agent/session.jsonl"), line.repeat(2_000));
    left = 1 + (round >> 1);
    when = round % 2 === 0 ? "before" : "after";
    child = startPush(ada, program);
    if ((await child.exited) !== 0) killed++;
  }
  left = Infinity;
  expect(await startPush(ada, real).exited).toBe(0);
  checkSnapshots(ada);
  using bob = await newPerson();
  const add = ["remote", "add", "origin", account.remote, "--token", "-"];
  await bob.type(add, { stdin: `${account.token}\n` });
  expect((await bob.type(["pull"])).exitCode).toBe(0);
  return { killed, mine: contentsOf(ada)["transcripts"], theirs: contentsOf(bob)["transcripts"] };
}

test("a push killed at any request about a transcript that has grown loses nothing of it", async () => {
  const { killed, mine, theirs } = await pushUnderKills(real, 12);
  expect(killed).toBe(12);
  expect(theirs).toEqual(mine);
}, 60_000);

test("one that notes transcripts as sent before they go loses some", async () => {
  const { mine, theirs } = await pushUnderKills(careless, 4);
  expect(theirs).not.toEqual(mine);
}, 60_000);
