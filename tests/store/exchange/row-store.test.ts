import { expect, test } from "bun:test";
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { openIndex } from "../../../src/store/exchange/open-index.ts";
import { historyOf } from "../../../src/store/index/history.ts";
import { appendLedger, appendTrace } from "../../../src/store/records.ts";
import { appendTraces, ledger, projectScene, sha, trace } from "../scene.ts";

import { everything, fill, lines, openStore, row, sendAll, unsent, url } from "./exchange-scene.ts";

test("what a remote lacks is everything, until it acknowledged it", async () => {
  using scene = projectScene();
  fill(scene.project);
  await openStore(scene.project, (store) => {
    expect(store.memory.identity()).toBeUndefined();
    expect(store.memory.identify({ url, epoch: "e1" })).toBe("new");
    expect(unsent(store)).toEqual(everything);
    expect(store.rows.candidates("traces", "unsent").map(({ named }) => named)).toEqual([
      true,
      false,
      true,
    ]);
    expect(store.rows.candidates("summaries", "unsent").map(({ named }) => named)).toEqual([false]);
    store.rows.acknowledge("traces", store.rows.candidates("traces", "unsent").slice(1, 2));
    expect(unsent(store)).toEqual(everything.filter((item) => item !== "traces 2"));
    expect(store.rows.candidates("summaries", "unsent").map(({ named }) => named)).toEqual([true]);
    sendAll(store);
    expect(unsent(store)).toEqual([]);
    expect(store.rows.count("traces")).toBe(3);
    expect(store.rows.candidates("traces", "all").map(({ key }) => key)).toEqual(["1", "2", "3"]);
  });
});

test("a ledger that changed after it was sent goes again, also when it changes during the push", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  await openStore(project, (store) => {
    const before = store.rows.candidates("ledgers", "unsent");
    appendLedger(project, ledger(sha("a"), ["2"]));
    const after = store.rows.candidates("ledgers", "unsent");
    expect(after).toHaveLength(1);
    store.rows.acknowledge("ledgers", before);
    expect(store.rows.candidates("ledgers", "unsent")).toHaveLength(1);
    store.rows.acknowledge("ledgers", after);
    expect(store.rows.candidates("ledgers", "unsent")).toEqual([]);
    appendLedger(project, ledger(sha("a"), ["3"]));
    expect(
      JSON.parse(store.rows.texts("ledgers", store.rows.candidates("ledgers", "unsent"))[0] ?? ""),
    ).toEqual(ledger(sha("a"), ["3"]));
  });
});

test("rows go out byte for byte, but for what must stay on this machine", async () => {
  using scene = projectScene();
  const { project } = scene;
  const odd = '{"id":"1","n":12345678901234567890,"f":1.0,"é":"\\u00e9\\/","files":[], "x" : [ ] }';
  const local =
    '{"id":"2","metadata":{"repo_root":"/home/me","keep":1.50,"command":"ls","message":"hi"},"files":[],"z":1e3}';
  mkdirSync(project.directory, { recursive: true });
  writeFileSync(project.traces, `\uFEFF${odd}\r\n\0\0${local}\n`);
  await openStore(project, (store) => {
    const candidates = store.rows.candidates("traces", "unsent");
    const texts = store.rows.texts("traces", [...candidates].reverse());
    expect(texts).toEqual(['{"id":"2","metadata":{"keep":1.50},"files":[],"z":1e3}', odd]);
    expect(candidates.map(({ bytes }) => bytes).reverse()).toEqual(
      texts.map((text) => Buffer.byteLength(text)),
    );
    expect(store.rows.texts("traces", [{ ...candidates[0], place: undefined } as never])).toEqual([
      odd,
    ]);
  });
});

test("rows whose file is replaced in the middle of a push are found again", async () => {
  using scene = projectScene();
  const { project } = scene;
  appendTraces(project, [trace("1"), trace('2"é'), trace("3")]);
  await openStore(project, (store) => {
    const candidates = store.rows.candidates("traces", "unsent");
    writeFileSync(`${project.traces}.new`, `${lines(project.traces).reverse().join("\n")}\n`);
    renameSync(`${project.traces}.new`, project.traces);
    const ids = store.rows.texts("traces", candidates).map((text) => JSON.parse(text).id);
    expect(ids).toEqual(["1", '2"é', "3"]);
    store.rows.acknowledge("traces", candidates.slice(0, 1));
    expect(unsent(store)).toEqual(["traces 3", 'traces 2"é']);
  });
});

test("rows that are not here are appended once, and count as sent", async () => {
  using scene = projectScene();
  const { project } = scene;
  appendTrace(project, trace("1"));
  const text = '{"id": "2", "n": 12345678901234567890, "files": []}';
  await openStore(project, (store) => {
    const rows = [row(trace("1")), { key: "2", text, value: JSON.parse(text) }, row(trace("3"))];
    expect(store.rows.merge("traces", [...rows, row(trace("3"))])).toEqual({
      merged: 2,
      skipped: 2,
    });
    expect(store.rows.merge("traces", rows)).toEqual({ merged: 0, skipped: 3 });
    appendTrace(project, trace("hook"));
    expect(store.rows.merge("traces", [row(trace("4"))])).toEqual({ merged: 1, skipped: 0 });
    store.memory.advance("traces", "2026-01-01T00:00:00Z");
  });
  expect(lines(project.traces)[1]).toBe(text);
  expect(lines(project.traces)).toHaveLength(5);
  await openStore(project, (store) => {
    expect(unsent(store)).toEqual(["traces hook"]);
    expect(store.memory.cursor("traces")).toBe("2026-01-01T00:00:00Z");
  });
});

test("a summary is known by its conversation and time", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  const value = (created_at: string): Record<string, unknown> => ({
    conversation_id: "c".repeat(64),
    summary: "theirs",
    created_at,
  });
  const rows = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"].map((created) => ({
    key: `${"c".repeat(64)}:${created}`,
    text: JSON.stringify(value(created)),
    value: value(created),
  }));
  await openStore(project, (store) => {
    expect(store.rows.merge("summaries", rows)).toEqual({ merged: 1, skipped: 1 });
    expect(store.rows.merge("summaries", rows)).toEqual({ merged: 0, skipped: 2 });
    expect(store.rows.candidates("summaries", "unsent")).toEqual([]);
  });
  expect(lines(project.summaries)).toHaveLength(2);
});

test("rows that come while hooks append, and behind half a line, are found where they stand", async () => {
  using scene = projectScene();
  const { project } = scene;
  appendTrace(project, trace("1"));
  await openStore(project, (store) => {
    appendFileSync(project.traces, '{"id":"torn');
    expect(store.rows.merge("traces", [row(trace("2")), row(trace("1"))])).toEqual({
      merged: 1,
      skipped: 1,
    });
    appendTrace(project, trace("3"));
    expect(store.rows.merge("traces", [row(trace("4"))])).toEqual({ merged: 1, skipped: 0 });
    const all = store.rows.candidates("traces", "all");
    expect(store.rows.texts("traces", all).map((text) => JSON.parse(text).id)).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
    expect(unsent(store)).toEqual(["traces 3"]);
  });
});

test.each(["half of it", "all but its line's end"])(
  "of a row that a killed pull had begun to write, %s, nothing is left beside the whole row",
  async (kept) => {
    using scene = projectScene();
    const { project } = scene;
    const rows = [row(trace("ü1")), row(trace("ü2")), row(trace("ü3"))];
    const begun = Buffer.from(rows[1]?.text ?? "");
    const bytes = kept === "half of it" ? begun.indexOf("ü") + 1 : begun.length;
    mkdirSync(project.directory, { recursive: true });
    writeFileSync(
      project.traces,
      Buffer.concat([Buffer.from(`${rows[0]?.text}\n`), begun.subarray(0, bytes)]),
    );
    await openStore(project, (store) => void store.rows.merge("traces", rows));
    expect(lines(project.traces)).toEqual(rows.map(({ text }) => text));
    await openStore(project, (store) =>
      expect(store.rows.merge("traces", rows)).toEqual({ merged: 0, skipped: 3 }),
    );
  },
);

test("a ledger in another form is news, unless ours has not been pushed", async () => {
  using scene = projectScene();
  const { project } = scene;
  const [a, b] = [sha("a"), sha("b")];
  appendLedger(project, ledger(b, ["1"]));
  await openStore(project, (store) => {
    const pulled = store.rows.merge("ledgers", [row(ledger(a, ["1"]))]);
    expect(pulled).toEqual({ merged: 1, skipped: 0 });
    const reordered = Object.fromEntries(Object.entries(ledger(a, ["1"])).reverse());
    expect(store.rows.merge("ledgers", [row(reordered)])).toEqual({ merged: 0, skipped: 1 });
    const theirs = [row(ledger(a, ["2"])), row(ledger(b, ["2"]))];
    expect(store.rows.merge("ledgers", theirs)).toEqual({ merged: 1, skipped: 1 });
    expect(unsent(store)).toEqual([`ledgers ${b}`]);
    expect(store.rows.merge("ledgers", theirs)).toEqual({ merged: 0, skipped: 2 });
    expect(store.rows.merge("ledgers", [row(ledger(a, ["3"])), row(ledger(a, ["4"]))])).toEqual({
      merged: 1,
      skipped: 1,
    });
  });
  expect(lines(project.ledgers).map((line) => JSON.parse(line).trace_ids)).toEqual([
    ["1"],
    ["1"],
    ["2"],
    ["4"],
  ]);
});

test("a file that was replaced by another with the same rows keeps what the remote has", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  await openStore(project, sendAll);
  const kept = lines(project.traces).reverse();
  writeFileSync(`${project.traces}.new`, `${[...kept, JSON.stringify(trace("5"))].join("\n")}\n`);
  renameSync(`${project.traces}.new`, project.traces);
  await openStore(project, (store) => expect(unsent(store)).toEqual(["traces 5"]));
});

test("a file that is replaced while its traces are listed is listed from its beginning", async () => {
  using scene = projectScene();
  const { project } = scene;
  const ids = Array.from({ length: 6000 }, (_, number) => `t${number}`);
  appendTraces(
    project,
    ids.map((id) => trace(id)),
  );
  await openStore(project, (store) => {
    const found: string[] = [];
    for (const stretch of store.rows.unsentTraces()) {
      if (found.length === 0) {
        writeFileSync(`${project.traces}.new`, `${JSON.stringify(trace("other"))}\n`);
        renameSync(`${project.traces}.new`, project.traces);
      }
      found.push(...stretch.map(({ key }) => key));
    }
    expect(found.at(-1)).toBe("other");
    expect(found).toHaveLength(5001);
  });
});

test("what came from a remote is asked by path without being read again", async () => {
  using scene = projectScene();
  const { project } = scene;
  appendTrace(project, trace("own", { path: "own.ts" }));
  await openStore(project, (store) => {
    store.rows.merge("traces", [row(trace("1")), row(trace("2", { path: "b.ts" }))]);
    store.rows.merge("traces", [row(trace("2")), row(trace("3", { path: "c.ts" }))]);
    store.rows.merge("ledgers", [row(claiming("d.ts"))]);
  });
  const aspects = ["traces", "paths", "ledgers", "claims"] as const;
  using index = openIndex(project);
  expect(aspects.filter((aspect) => index.reader(aspect).isBehind())).toEqual([]);
  using history = historyOf(index);
  const paths = ["a.ts", "b.ts", "c.ts", "d.ts", "own.ts", "none.ts"];
  expect(history.knownPaths(paths)).toEqual(new Set(paths.slice(0, -1)));
  expect(history.tracesTouching(paths).map(({ id }) => id)).toEqual(["own", "1", "2", "3"]);
});

function claiming(path: string): object {
  const claim = { start_line: 1, end_line: 1, type: "ai", trace_id: "1" };
  return { ...ledger(sha("d"), ["1"]), files: { [path]: { line_attributions: [claim] } } };
}
