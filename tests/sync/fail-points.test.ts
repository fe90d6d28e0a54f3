import { expect, test } from "bun:test";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { failPoints } from "../support/fail-points.ts";
import { testService } from "../support/service.ts";
import { type Person, personAt } from "./person.ts";
import { addLedger, addTrace, addWork, checkSnapshots, contentsOf } from "./work.ts";

const program = join(import.meta.dir, "../support/failing-program.ts");
const soak = process.env["AGENT_TRACE_TEST_SOAK"] === "1";
const commands = { push: ["push", "--full"], pull: ["pull"] };
const line = `${"a turn of a session ".repeat(5)}\n`;

/** Runs an exchange as a process of its own that is killed at a place, if it gets there. */
async function killed(person: Person, verb: "push" | "pull", place: string): Promise<boolean> {
  const child = Bun.spawn([process.execPath, program, ...commands[verb], "--no-progress"], {
    cwd: person.repo.path,
    env: {
      PATH: process.env["PATH"],
      HOME: person.home,
      AGENT_TRACE_HOME: person.store,
      FAIL_AT: place,
    },
    stdout: "ignore",
    stderr: "ignore",
  });
  await child.exited;
  return child.signalCode === "SIGKILL";
}

async function run(person: Person, verb: "push" | "pull"): Promise<void> {
  const { exitCode, stderr } = await person.type([...commands[verb], "--no-progress"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
}

const leftovers = ({ paths }: Person): string[] =>
  readdirSync(paths.directory, { recursive: true })
    .map(String)
    .filter((name) => /\.tmp$|incoming\/|growing\/./.test(name));

/** Places that a pull comes to; the others lie in a push. */
const ofPull = /^(?:pull|settle|name)\./;

test("killed at every step of a push and of a pull, each goes on, and both sides end with the same", async () => {
  await using service = await testService();
  const account = await service.account();
  using ada = await personAt(account);
  using bob = await personAt(account);
  addWork(ada, "session", line.repeat(3_000));
  addWork(ada, "small", "small\n");
  await run(ada, "push");
  await run(bob, "pull");
  const names = (await failPoints()).filter((name) => !name.startsWith("service."));
  const points = names.flatMap((name) => (soak ? [name, `${name}:2`, `${name}:3`] : [name]));
  expect(points.length).toBeGreaterThan(15);
  const never = new Set(points);
  for (const [round, point] of points.entries()) {
    // What agents and commits leave behind between two exchanges.
    appendFileSync(join(ada.home, "agent/session.jsonl"), line.repeat(30));
    appendFileSync(join(ada.home, "agent/small.jsonl"), "more\n");
    addLedger(ada, `ledger ${round}`, { traces: [addTrace(ada, `trace ${round}`)] });
    for (const [person, verb] of [
      [ada, "push"],
      [bob, "pull"],
    ] as const) {
      if (ofPull.test(point) === (verb === "pull") && (await killed(person, verb, point))) {
        never.delete(point);
      }
      await run(person, verb);
    }
  }
  // Not every place is reached three times in an exchange.
  expect([...never].filter((name) => !name.includes(":"))).toEqual([]);
  const mine = contentsOf(ada);
  expect(contentsOf(bob)).toEqual(mine);
  for (const person of [ada, bob]) {
    checkSnapshots(person);
    expect(leftovers(person)).toEqual([]);
    expect(await person.type(["verify", "--remote", "origin", "--no-progress"])).toMatchObject({
      exitCode: 0,
    });
  }
}, 600_000);
