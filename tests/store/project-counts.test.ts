import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import type { ProjectPaths } from "../../src/store/files/paths.ts";
import { countRecords } from "../../src/store/project-counts.ts";
import { appendLedger, appendTrace } from "../../src/store/records.ts";
import { ledger, projectScene, sha, trace } from "./scene.ts";

/** Counted by an index that has followed the files, and by one that is made anew. */
function count(project: ProjectPaths) {
  const nothing = (): void => {};
  const { traces, unattributed, events, ledgers } = countRecords(project, nothing);
  rmSync(project.index);
  expect(countRecords(project, nothing)).toMatchObject({ traces, unattributed, events, ledgers });
  return { traces, unattributed, events, ledgers };
}

const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => `t${from + at}`);

test("edits that a ledger names are counted off once, whichever of both was there first", () => {
  using scene = projectScene();
  const { project } = scene;
  for (const id of ids(0, 10)) appendTrace(project, trace(id));
  expect(count(project)).toEqual({ traces: 10, unattributed: 10, events: 0, ledgers: 0 });
  // Two ledgers at once that share names, one name twice, and names of traces that come later or never.
  appendLedger(project, ledger(sha("a"), [...ids(0, 3), "t1", "t10", "never"]));
  appendLedger(project, ledger(sha("b"), ids(2, 5)));
  expect(count(project)).toEqual({ traces: 10, unattributed: 5, events: 0, ledgers: 2 });
  for (const id of ids(10, 12)) appendTrace(project, trace(id));
  expect(count(project)).toEqual({ traces: 12, unattributed: 6, events: 0, ledgers: 2 });
  appendLedger(project, ledger(sha("a"), ids(0, 6)));
  expect(count(project)).toEqual({ traces: 12, unattributed: 5, events: 0, ledgers: 2 });
});

test("an event counts as what push holds back until a ledger names it", () => {
  using scene = projectScene();
  const { project } = scene;
  appendTrace(project, trace("t0"));
  appendTrace(project, trace("e0", { path: ".sessions" }));
  expect(count(project)).toEqual({ traces: 2, unattributed: 2, events: 1, ledgers: 0 });
  appendLedger(project, ledger(sha("a"), ["e0"]));
  expect(count(project)).toEqual({ traces: 2, unattributed: 1, events: 1, ledgers: 1 });
  appendLedger(project, ledger(sha("b"), ["t0", "e0"]));
  expect(count(project)).toEqual({ traces: 2, unattributed: 0, events: 1, ledgers: 2 });
});
