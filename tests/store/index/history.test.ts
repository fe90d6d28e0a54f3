import { expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { Database } from "bun:sqlite";
import type { CommitLink } from "../../../src/schema/commit-link.ts";
import type { History } from "../../../src/store/index/history.ts";
import { openHistory } from "../../../src/store/open-history.ts";
import type { ProjectPaths } from "../../../src/store/files/paths.ts";
import { appendCommitLink, appendLedger, appendTrace } from "../../../src/store/records.ts";
import { appendTraces, appendSummary, ledger, projectScene, sha, trace } from "../scene.ts";

const one = trace("1");
const two = trace("2", { path: "b.ts", timestamp: "2026-02-11T00:00:00Z" });
const both = trace("3", { timestamp: "2026-02-12T00:00:00Z", line: "sha256:1" });

function ids(traces: readonly { id: string }[]): string[] {
  return traces.map(({ id }) => id);
}

/** Opens anew, so that nothing in memory can answer. */
function ask<T>(project: ProjectPaths, question: (history: History) => T): T {
  using history = openHistory(project);
  return question(history);
}

test("an empty project has nothing to tell, and asking leaves no record files", () => {
  using scene = projectScene();
  ask(scene.project, (history) => {
    expect(history.ledgers([sha("a")])).toEqual(new Map());
    expect(history.traces(["1"])).toEqual(new Map());
    expect(history.tracesTouching(["a.ts"])).toEqual([]);
    expect(history.tracesByLine(["sha256:1"])).toEqual(new Map([["sha256:1", []]]));
    expect(history.commitLink(sha("a"))).toBeUndefined();
  });
  expect(existsSync(scene.project.traces)).toBe(false);
});

test("traces are found by id, by file and time, and by line", () => {
  using scene = projectScene();
  appendTraces(scene.project, [one, two, both]);
  ask(scene.project, (history) => {
    expect(history.traces(["3", "1", "none"])).toEqual(
      new Map([
        ["3", both],
        ["1", one],
      ]),
    );
    expect(history.tracesTouching(["a.ts"])).toEqual([one, both]);
    expect(history.tracesTouching(["a.ts", "b.ts", "c.ts"])).toEqual([one, two, both]);
    expect(history.tracesTouching(["a.ts"], Date.parse("2026-02-11T00:00:00Z"))).toEqual([both]);
    expect(history.tracesTouching(["b.ts"], Date.parse("2026-02-11T00:00:00Z"))).toEqual([two]);
    const found = history.tracesByLine(["sha256:1", "sha256:2", "sha256:9"]);
    expect([...found].map(([hash, traces]) => [hash, ids(traces)])).toEqual([
      ["sha256:1", ["1", "3"]],
      ["sha256:2", ["2"]],
      ["sha256:9", []],
    ]);
    const inFile = history.tracesByLine(["sha256:1", "sha256:2"], ["a.ts"]);
    expect([...inFile].map(([hash, traces]) => [hash, ids(traces)])).toEqual([
      ["sha256:1", ["1", "3"]],
      ["sha256:2", []],
    ]);
  });
});

test("a line of a file is found in few traces of it and in many alike", () => {
  using scene = projectScene();
  const hashes = ["sha256:first", "sha256:nowhere"];
  const found = (): string[][] =>
    ask(scene.project, (history) =>
      [...history.tracesByLine(hashes, ["a.ts"]).values()].map((traces) => ids(traces)),
    );
  appendTraces(scene.project, [trace("first", { line: "sha256:first" })]);
  expect(found()).toEqual([["first"], []]);
  const many = Array.from({ length: 1000 }, (_, number) => trace(`t${number}`));
  appendTraces(scene.project, [...many, trace("b", { path: "b.ts", line: "sha256:first" })]);
  expect(found()).toEqual([["first"], []]);
});

test("what is appended later is seen, also by a history that is open", () => {
  using scene = projectScene();
  appendTrace(scene.project, one);
  using history = openHistory(scene.project);
  expect(ids(history.tracesTouching(["a.ts"]))).toEqual(["1"]);
  appendTrace(scene.project, both);
  expect(ids(history.tracesTouching(["a.ts"]))).toEqual(["1", "3"]);
  expect([...history.traces(["3"]).keys()]).toEqual(["3"]);
});

test("of a trace the first record counts, of a ledger and a commit link the last", () => {
  using scene = projectScene();
  appendTraces(scene.project, [one, trace("1", { path: "other.ts" })]);
  appendLedger(scene.project, ledger(sha("a"), ["1"]));
  appendLedger(scene.project, ledger(sha("b"), ["1"]));
  appendLedger(scene.project, ledger(sha("a"), ["2"]));
  const link: CommitLink = { commit_sha: sha("a"), trace_ids: ["1"], files_changed: ["a.ts"] };
  appendCommitLink(scene.project, link);
  appendCommitLink(scene.project, { ...link, trace_ids: ["2"] });
  ask(scene.project, (history) => {
    expect(history.traces(["1"]).get("1")).toEqual(one);
    expect(history.tracesTouching(["other.ts"])).toEqual([]);
    expect(history.ledgers([sha("a"), sha("b"), sha("c")])).toEqual(
      new Map([
        [sha("a"), ledger(sha("a"), ["2"])],
        [sha("b"), ledger(sha("b"), ["1"])],
      ]),
    );
    expect(history.commitLink(sha("a"))?.trace_ids).toEqual(["2"]);
    expect(history.ledgersOf("c".repeat(64)).map(({ commit_sha }) => commit_sha)).toEqual([
      sha("b"),
      sha("a"),
    ]);
  });
});

test("a ledger inside a received commit link holds for a commit without one of its own", () => {
  using scene = projectScene();
  const inside = ledger(sha("a"), ["1"]);
  mkdirSync(scene.project.directory, { recursive: true });
  writeFileSync(
    scene.project.commitLinks,
    `${JSON.stringify({ commit_sha: sha("a"), trace_ids: [], files_changed: [], ledger: inside })}\n`,
  );
  ask(scene.project, (history) => {
    expect(history.ledgers([sha("a")]).get(sha("a"))).toEqual(inside);
  });
});

test("the newest summary of a conversation counts", () => {
  using scene = projectScene();
  const summary = { conversation_id: "c", summary: "old", created_at: "2026-01-01T00:00:00Z" };
  appendSummary(scene.project, { ...summary, summary: "new", created_at: "2026-01-02T00:00:00Z" });
  appendSummary(scene.project, summary);
  ask(scene.project, (history) => {
    expect(history.summaries(["c", "d"])).toEqual(new Map([["c", "new"]]));
  });
});

test("lines that are no records are passed over, and half a line is read once it is whole", () => {
  using scene = projectScene();
  appendTrace(scene.project, one);
  const text = JSON.stringify(both);
  appendFileSync(
    scene.project.traces,
    `nonsense\n[]\n{"id":""}\n{"files":[]}\n\0\0\0${JSON.stringify(two)}\r\n{"id":7}\n${text.slice(0, 40)}`,
  );
  expect(ask(scene.project, (history) => [...history.traces(["1", "2", "3"]).keys()])).toEqual([
    "1",
    "2",
  ]);
  appendFileSync(scene.project.traces, text.slice(40));
  expect(ask(scene.project, (history) => [...history.traces(["3"]).keys()])).toEqual(["3"]);
  appendTrace(scene.project, trace("4"));
  expect(ask(scene.project, (history) => ids(history.tracesTouching(["a.ts", "b.ts"])))).toEqual([
    "1",
    "2",
    "3",
    "4",
  ]);
});

test("half a line that a kill left behind costs itself alone", () => {
  using scene = projectScene();
  appendTrace(scene.project, one);
  appendFileSync(scene.project.traces, JSON.stringify(two).slice(0, 30));
  expect(ask(scene.project, (history) => ids(history.tracesTouching(["a.ts", "b.ts"])))).toEqual([
    "1",
  ]);
  appendTrace(scene.project, both);
  expect(ask(scene.project, (history) => ids(history.tracesTouching(["a.ts", "b.ts"])))).toEqual([
    "1",
    "3",
  ]);
});

const disasters: [string, (project: ProjectPaths) => void][] = [
  ["deleted", ({ index }) => rmSync(index)],
  ["emptied", ({ index }) => writeFileSync(index, "")],
  ["filled with garbage", ({ index }) => writeFileSync(index, "garbage".repeat(5000))],
  ["filled with zeros", ({ index }) => writeFileSync(index, Buffer.alloc(40_960))],
  ["cut short", ({ index }) => truncateSync(index, 8192)],
  [
    "damaged in its middle",
    ({ index }) => {
      const content = readFileSync(index);
      for (let page = 1; page * 4096 < content.length; page++)
        content.fill(0xaa, page * 4096 + 8, page * 4096 + 900);
      writeFileSync(index, content);
    },
  ],
  [
    "of another version",
    ({ index }) => {
      using database = new Database(index);
      database.run("PRAGMA user_version = 999");
    },
  ],
  [
    "a directory",
    ({ index }) => {
      rmSync(index);
      mkdirSync(index);
    },
  ],
];

test.each(disasters)("an index that is %s is made anew from the files", (_name, happen) => {
  using scene = projectScene();
  appendTraces(scene.project, [one, two, both]);
  appendLedger(scene.project, ledger(sha("a"), ["1"]));
  const question = (history: History): unknown => [
    ids(history.tracesTouching(["a.ts", "b.ts"])),
    [...history.ledgers([sha("a")]).keys()],
    [...history.tracesByLine(["sha256:1"])].map(([hash, traces]) => [hash, ids(traces)]),
  ];
  const sound = ask(scene.project, question);
  {
    // Everything goes from the log into the database itself, which is what is damaged.
    using database = new Database(scene.project.index);
    database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  for (const end of ["-wal", "-shm"]) rmSync(`${scene.project.index}${end}`, { force: true });
  happen(scene.project);
  expect(ask(scene.project, question)).toEqual(sound);
  expect(ask(scene.project, question)).toEqual(sound);
});

test("a file that was replaced, cut or deleted is read again from its beginning", () => {
  using scene = projectScene();
  const { traces } = scene.project;
  const known = (): string[] =>
    ask(scene.project, (history) => ids(history.tracesTouching(["a.ts", "b.ts"])));
  appendTraces(scene.project, [one, two, both]);
  expect(known()).toEqual(["1", "2", "3"]);
  writeFileSync(`${traces}.new`, `${JSON.stringify(trace("8"))}\n${JSON.stringify(trace("9"))}\n`);
  renameSync(`${traces}.new`, traces);
  expect(known()).toEqual(["8", "9"]);
  truncateSync(traces, JSON.stringify(trace("8")).length + 1);
  expect(known()).toEqual(["8"]);
  writeFileSync(traces, `${JSON.stringify(two)}\n`.repeat(3));
  expect(known()).toEqual(["2"]);
  rmSync(traces);
  expect(known()).toEqual([]);
});

test("an index that another process holds is done without", () => {
  using scene = projectScene();
  appendTrace(scene.project, one);
  ask(scene.project, (history) => history.traces(["1"]));
  appendTrace(scene.project, both);
  using other = new Database(scene.project.index);
  other.run("BEGIN IMMEDIATE");
  expect(ask(scene.project, (history) => ids(history.tracesTouching(["a.ts"])))).toEqual([
    "1",
    "3",
  ]);
  other.run("ROLLBACK");
});
