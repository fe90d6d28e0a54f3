import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gitTestEnvironment } from "../support/repository.ts";
import { startProgram } from "../support/start-program.ts";
import { type Front, accountAt, openFront } from "./front.ts";
import { type Answer, hostileAnswers, manyMembers } from "./hostile-answers.ts";
import { type Person, personAt } from "./person.ts";

/** Bytes that one answer may cost a client, whatever a remote sends. */
const mostCost = 128 * 1024 * 1024;

/** The most memory that a program takes, in bytes; it runs as this person, in their repository. */
async function peakOf(person: Person, script: string, ...argv: string[]): Promise<number> {
  const peak = join(person.home, "peak");
  const preload = resolve(import.meta.dir, "report-peak.ts");
  const program = [process.execPath, "--preload", preload, resolve(import.meta.dir, script)];
  await startProgram([...program, ...argv], {
    cwd: person.repo.path,
    environment: { ...gitTestEnvironment, HOME: person.home, TEST_PEAK: peak },
    timeout: 60_000,
  });
  return Number(readFileSync(peak, "utf8"));
}

const peakOfPull = (person: Person): Promise<number> =>
  peakOf(person, "../../src/main.ts", "pull", "--no-progress");

// Only Linux tells the most memory that a process had.
describe.skipIf(process.platform !== "linux")("what a remote sends costs little memory", () => {
  let front: Front;
  let floor = 0;
  beforeAll(async () => {
    front = await openFront();
    using person = await personAt(await accountAt(front));
    floor = await peakOfPull(person);
  });
  afterAll(() => front[Symbol.asyncDispose]());

  /** What somebody takes of such a remote, beyond what a pull takes that brings nothing. */
  async function costOf(answer: Answer, peak = peakOfPull): Promise<number> {
    using person = await personAt(await accountAt(front));
    front.answer = ({ url }) => answer(new URL(url));
    try {
      return (await peak(person)) - floor;
    } finally {
      front.answer = () => undefined;
    }
  }

  test.each(Object.entries(hostileAnswers))("%s", async (_name, answer) => {
    expect(await costOf(answer)).toBeLessThan(mostCost);
  });

  test("control: who takes a page at its word needs more", async () => {
    const reads = (person: Person): Promise<number> =>
      peakOf(person, "careless-reader.ts", `${front.url}/api/v1/sync/ledgers`);
    expect(await costOf(manyMembers, reads)).toBeGreaterThan(mostCost);
  });
});
