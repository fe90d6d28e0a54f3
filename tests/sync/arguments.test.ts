import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestService, testService } from "../support/service.ts";
import { type Person, personAt } from "./person.ts";
import { addWork, contentsOf } from "./work.ts";

let service: TestService;
let ada: Person;
beforeAll(async () => {
  service = await testService();
  ada = await personAt(await service.account());
  addWork(ada, "work", "w");
});
afterAll(async () => {
  ada[Symbol.dispose]();
  await service[Symbol.asyncDispose]();
});

const commonRefusals: string[][] = [
  ["--remote"],
  ["--nonsense"],
  ["surplus"],
  ["--dry-run=maybe"],
  ...["yesterday", "", "2026-13-01", "2026-02-30", "2026-02-10T25:00:00Z", "1770000000", "-1"].map(
    (time) => [`--since=${time}`],
  ),
];
const refusals: Readonly<Record<string, string[][]>> = {
  push: [
    ...commonRefusals,
    ...["", "trace", "ALL", "conversations", "summaries", "traces,ledgers"].map((family) => [
      `--only=${family}`,
    ]),
  ],
  pull: [...commonRefusals, ["--full"], ["--only=traces"]],
  sync: [["--since=2026-02-10"], ["--only=traces"], ["--full"], ["--dry-run"], ["surplus"]],
};

describe("a command line that is wrong ends with 2, before anything is asked or written", () => {
  const table = Object.entries(refusals).flatMap(([verb, list]) =>
    list.map((argv) => [verb, ...argv]),
  );
  test.each(table.map((argv) => [argv.join(" "), argv] as const))("%s", async (_name, argv) => {
    const before = contentsOf(ada);
    service.log.length = 0;
    const answer = await ada.ask(argv);
    expect(answer).toMatchObject({ exitCode: 2, ok: false, error: { code: "usage" } });
    expect(service.log).toEqual([]);
    expect(contentsOf(ada)).toEqual(before);
  });
});

test.each([
  "2026-02-10",
  "2026-02-10T12:00Z",
  "2026-02-10T12:00:00.123456+01:00",
  "2026-02-10 12:00:00",
])("--since takes %j", async (time) => {
  for (const verb of ["push", "pull"]) {
    expect((await ada.type([verb, "--since", time, "--dry-run"])).exitCode).toBe(0);
  }
});

test("a remote that is not there is named with those that are, and nothing is asked", async () => {
  service.log.length = 0;
  for (const verb of ["push", "pull", "sync"]) {
    const { exitCode, error } = await ada.ask([verb, "--remote", "elsewhere"]);
    expect([exitCode, error.code, error.hint]).toEqual([1, "unknown_remote", "there is `origin`"]);
  }
  expect(service.log).toEqual([]);
});
