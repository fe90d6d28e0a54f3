import { expect, test } from "bun:test";
import type { Ledger } from "../../../src/schema/ledger.ts";
import {
  acceptLedger,
  claimsAll,
  differingLedgers,
} from "../../../src/store/exchange/differing-ledgers.ts";
import { appendLedger } from "../../../src/store/records.ts";
import { ledger, projectScene, sha } from "../scene.ts";
import { lines, openStore, row, sendAll } from "./exchange-scene.ts";

type Claim = readonly [start: number, end: number, trace: string];

function claiming(claims: readonly Claim[], path = "a.ts"): Ledger {
  const segments = claims.map(([start_line, end_line, trace_id]) => ({
    start_line,
    end_line,
    type: "ai" as const,
    trace_id,
  }));
  return {
    ...ledger(sha("a"), [...new Set(claims.map(([, , trace]) => trace))]),
    files: { [path]: { line_attributions: segments } },
  };
}

const ours = claiming([
  [1, 4, "t1"],
  [7, 9, "t2"],
]);

test.each([
  ["the same lines", ours, true],
  [
    "more lines",
    claiming([
      [1, 5, "t1"],
      [6, 12, "t2"],
    ]),
    true,
  ],
  [
    "the same lines in pieces",
    claiming([
      [1, 2, "t1"],
      [3, 4, "t1"],
      [7, 9, "t2"],
    ]),
    true,
  ],
  ["fewer lines", claiming([[1, 4, "t1"]]), false],
  [
    "a line less",
    claiming([
      [1, 3, "t1"],
      [7, 9, "t2"],
    ]),
    false,
  ],
  ["lines of another trace", claiming([[1, 9, "t1"]]), false],
  ["another file", claiming([[1, 9, "t1"]], "b.ts"), false],
  ["nothing", { ...ours, files: {} }, false],
  ["no ledger at all", { commit_sha: sha("a") }, false],
])("a ledger that claims %s takes the place of ours: %p", (_what, theirs, expected) => {
  expect(claimsAll(theirs, ours)).toBe(expected);
});

test("what was linked here stays when a teammate's ledger claims less, and gives way when a person says so", async () => {
  using scene = projectScene();
  const { project } = scene;
  appendLedger(project, ours);
  const erased = { ...ours, files: {}, trace_ids: [] };
  await openStore(project, (store) => {
    sendAll(store);
    const kept = { merged: 0, skipped: 1, differing: [sha("a")] };
    expect(store.rows.merge("ledgers", [row(erased)])).toEqual(kept);
    // Given again, it is kept once.
    expect(store.rows.merge("ledgers", [row(erased)])).toEqual(kept);
  });
  expect(lines(project.ledgers)).toEqual([JSON.stringify(ours)]);
  expect([...differingLedgers(project).values()].map(({ text }) => text)).toEqual([
    JSON.stringify(erased),
  ]);
  expect(acceptLedger(project, sha("b"))).toBeUndefined();
  expect(acceptLedger(project, sha("a"))?.files).toEqual({});
  expect(lines(project.ledgers)).toEqual([JSON.stringify(ours), JSON.stringify(erased)]);
  expect(differingLedgers(project).size).toBe(0);
  // From here on it counts as the teammate's, who may change it.
  await openStore(project, (store) => {
    sendAll(store);
    expect(store.rows.merge("ledgers", [row(claiming([[2, 2, "t3"]]))])).toEqual({
      merged: 1,
      skipped: 0,
    });
  });
});

test("a ledger that claims more than ours is taken without a question", async () => {
  using scene = projectScene();
  const { project } = scene;
  appendLedger(project, ours);
  await openStore(project, (store) => {
    sendAll(store);
    const more = claiming([
      [1, 9, "t1"],
      [10, 12, "t2"],
    ]);
    expect(store.rows.merge("ledgers", [row(more)])).toMatchObject({ merged: 0 });
    const all = claiming([
      [1, 5, "t1"],
      [6, 12, "t2"],
    ]);
    expect(store.rows.merge("ledgers", [row(all)])).toEqual({ merged: 1, skipped: 0 });
  });
});
