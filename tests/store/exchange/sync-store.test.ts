import { expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { conversationIdOf, hashBlob } from "../../../src/schema/digest.ts";
import type { BlobId, ConversationId } from "../../../src/schema/ids.ts";
import { growLiveCopy, livePath } from "../../../src/store/transcripts/live-copy.ts";
import type { ProjectPaths } from "../../../src/store/files/paths.ts";
import { appendCommitLink, appendLedger, appendTrace } from "../../../src/store/records.ts";
import { forgetRemote, renameRemote } from "../../../src/store/exchange/remote-state.ts";
import { snapshotPath } from "../../../src/store/transcripts/snapshot.ts";
import { openSyncStore } from "../../../src/store/exchange/sync-store.ts";
import type { SyncStore } from "../../../src/sync/ports.ts";
import { appendTraces, appendSummary, ledger, projectScene, sha, trace } from "../scene.ts";

const never = new AbortController().signal;
const url = "http://127.0.0.1:1/acme/app";

interface Opened {
  readonly dryRun?: boolean;
  readonly remote?: string;
  readonly said?: string[];
  readonly now?: Date;
}

/** Opens the store anew, so that nothing in memory can answer. */
async function open<T>(
  project: ProjectPaths,
  use: (store: SyncStore) => T | Promise<T>,
  options: Opened = {},
): Promise<T> {
  using store: SyncStore = openSyncStore(project, {
    remote: options.remote ?? "origin",
    dryRun: options.dryRun ?? false,
    warn: (message) => void options.said?.push(message),
    now: () => options.now ?? new Date(),
  });
  return await use(store);
}

function unsent(store: SyncStore): string[] {
  return (["traces", "ledgers", "commit_links", "summaries"] as const).flatMap((resource) =>
    store.candidates(resource, "unsent").map(({ key }) => `${resource} ${key}`),
  );
}

function sendAll(store: SyncStore): void {
  store.identify({ url, epoch: "e1" });
  for (const resource of ["traces", "ledgers", "commit_links", "summaries"] as const) {
    store.acknowledge(resource, store.candidates(resource, "unsent"));
  }
}

function row(value: object): { key: string; text: string; value: Record<string, unknown> } {
  const fields = value as Record<string, unknown>;
  const key = (fields["id"] ?? fields["commit_sha"]) as string;
  return { key, text: JSON.stringify(value), value: fields };
}

function lines(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
}

function fill(project: ProjectPaths): void {
  appendTraces(project, [trace("1"), trace("2"), trace("3")]);
  appendLedger(project, ledger(sha("a"), ["1", "3"]));
  appendCommitLink(project, { commit_sha: sha("a"), trace_ids: ["1"], files_changed: ["a.ts"] });
  appendSummary(project, {
    conversation_id: "c".repeat(64),
    summary: "s",
    created_at: "2026-01-01T00:00:00Z",
  });
}

const summaryKey = `${"c".repeat(64)}:2026-01-01T00:00:00Z`;
const everything = [
  "traces 1",
  "traces 2",
  "traces 3",
  `ledgers ${sha("a")}`,
  `commit_links ${sha("a")}`,
  `summaries ${summaryKey}`,
];

test("what a remote lacks is everything, until it acknowledged it", async () => {
  using scene = projectScene();
  fill(scene.project);
  await open(scene.project, (store) => {
    expect(store.identity()).toBeUndefined();
    expect(store.identify({ url, epoch: "e1" })).toBe("new");
    expect(unsent(store)).toEqual(everything);
    expect(store.candidates("traces", "unsent").map(({ named }) => named)).toEqual([
      true,
      false,
      true,
    ]);
    expect(store.candidates("summaries", "unsent").map(({ named }) => named)).toEqual([false]);
    store.acknowledge("traces", store.candidates("traces", "unsent").slice(1, 2));
    expect(unsent(store)).toEqual(everything.filter((item) => item !== "traces 2"));
    expect(store.candidates("summaries", "unsent").map(({ named }) => named)).toEqual([true]);
    sendAll(store);
    expect(unsent(store)).toEqual([]);
    expect(store.count("traces")).toBe(3);
    expect(store.candidates("traces", "all").map(({ key }) => key)).toEqual(["1", "2", "3"]);
  });
});

test("an acknowledgement outlives a kill, and is written down at the end", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  await open(project, sendAll);
  expect(existsSync(project.syncState)).toBe(false);
  await open(project, (store) => {
    expect(unsent(store)).toEqual([]);
    store.flush();
  });
  expect(JSON.parse(readFileSync(project.syncState, "utf8"))).toEqual({
    version: 2,
    remotes: {
      origin: {
        synced: {
          trace_ids: ["1", "2", "3"],
          ledger_shas: [sha("a")],
          commit_link_shas: [sha("a")],
          blob_shas: [],
          conversation_ids: [],
          summary_keys: [summaryKey],
        },
        cursor: {
          traces: null,
          ledgers: null,
          commit_links: null,
          conversations: null,
          summaries: null,
        },
        epoch: "e1",
        url,
        file_sizes: {
          ledgers: statSync(project.ledgers).size,
          commit_links: statSync(project.commitLinks).size,
        },
      },
    },
  });
  expect(statSync(project.syncState).mode & 0o777).toBe(0o600);
});

test("a run without news changes no file", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  await open(project, (store) => {
    sendAll(store);
    store.flush();
  });
  const states = (): string[] =>
    readdirSync(project.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const { ino, size, mtimeNs } = statSync(join(entry.parentPath, entry.name), {
          bigint: true,
        });
        return `${entry.name} ${ino} ${size} ${mtimeNs}`;
      })
      .sort();
  const before = states();
  await open(project, async (store) => {
    expect(store.identify({ url, epoch: "e1" })).toBe("unchanged");
    await store.takeSnapshots(never);
    expect(unsent(store)).toEqual([]);
    expect(await store.transcripts("unsent")).toEqual([]);
    expect(store.merge("traces", [])).toEqual({ merged: 0, skipped: 0 });
    store.flush();
  });
  expect(states()).toEqual(before);
});

test("without its index the manifest is read again; a row that changed since is still known as changed", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  appendLedger(project, ledger(sha("b"), ["2"]));
  await open(project, (store) => {
    sendAll(store);
    store.flush();
  });
  appendLedger(project, ledger(sha("b"), ["1", "2"]));
  appendTrace(project, trace("4"));
  rmSync(project.index);
  await open(project, (store) => {
    expect(store.identity()).toEqual({ url, epoch: "e1" });
    expect(unsent(store)).toEqual(["traces 4", `ledgers ${sha("b")}`]);
  });
});

test("a manifest that is deleted, damaged or of the future makes the next push ask again", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  const synced = async (): Promise<void> => {
    await open(project, (store) => {
      sendAll(store);
      store.flush();
    });
  };
  await synced();
  const sound = readFileSync(project.syncState, "utf8");
  rmSync(project.syncState);
  await open(project, (store) => expect(unsent(store)).toEqual(everything));
  await synced();
  const damaged = ["\0".repeat(100), "[]", sound.replace('"version": 2', '"version": 3')];
  for (let length = 0; length < sound.trimEnd().length; length += 7)
    damaged.push(sound.slice(0, length));
  for (const [index, text] of damaged.entries()) {
    writeFileSync(project.syncState, text);
    const said: string[] = [];
    await open(project, (store) => expect(unsent(store)).toEqual(everything), { said });
    expect(said).toHaveLength(1);
    expect(readFileSync(`${project.syncState}.bad-${index + 1}`, "utf8")).toBe(text);
    await synced();
  }
}, 20_000);

test("what another tool wrote into the manifest is taken over, and what we do not know of it stays", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  mkdirSync(project.directory, { recursive: true });
  const foreign = {
    version: 2,
    extra: [1],
    remotes: {
      origin: {
        synced: { trace_ids: ["1", "99"], ledger_shas: [sha("a")], blob_shas: ["b".repeat(64)] },
        cursor: { traces: "2026-01-01T00:00:00Z" },
        more: { x: 1 },
      },
      other: { synced: { trace_ids: ["2"] } },
    },
  };
  writeFileSync(project.syncState, JSON.stringify(foreign));
  await open(project, (store) => {
    expect(store.identity()).toBeUndefined();
    expect(store.cursor("traces")).toBe("2026-01-01T00:00:00Z");
    expect(store.cursor("ledgers")).toBeNull();
    expect(unsent(store)).toEqual([
      "traces 2",
      "traces 3",
      `commit_links ${sha("a")}`,
      `summaries ${summaryKey}`,
    ]);
    expect(store.identify({ url, epoch: "e1" })).toBe("unchanged");
    store.acknowledge("traces", store.candidates("traces", "unsent"));
    store.flush();
  });
  const written = JSON.parse(readFileSync(project.syncState, "utf8"));
  expect(written.extra).toEqual([1]);
  expect(written.remotes.other).toEqual(foreign.remotes.other);
  expect(written.remotes.origin.more).toEqual({ x: 1 });
  expect(written.remotes.origin.synced.trace_ids).toEqual(["1", "2", "3", "99"]);
  appendTrace(project, trace("99"));
  await open(project, (store) => expect(store.candidates("traces", "unsent")).toEqual([]));
});

test("another service behind the name has nothing of ours", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  await open(project, (store) => {
    sendAll(store);
    store.advance("traces", "2026-01-01T00:00:00Z");
    store.flush();
  });
  const identities = [
    [{ url, epoch: "e1" }, "unchanged", 0],
    [{ url, epoch: undefined }, "unchanged", 0],
    [{ url, epoch: "e2" }, "changed", 6],
    [{ url: `${url}2`, epoch: "e2" }, "changed", 6],
  ] as const;
  for (const [identity, answer, lacking] of identities) {
    await open(project, (store) => {
      expect(store.identify(identity)).toBe(answer);
      expect(unsent(store)).toHaveLength(lacking);
      expect(store.cursor("traces")).toBe(lacking === 0 ? "2026-01-01T00:00:00Z" : null);
      if (lacking > 0) sendAll(store);
      store.identify(identity);
      store.advance("traces", "2026-01-01T00:00:00Z");
      store.flush();
    });
  }
});

test("remotes do not share what they have", async () => {
  using scene = projectScene();
  fill(scene.project);
  await open(scene.project, sendAll);
  await open(scene.project, (store) => expect(unsent(store)).toEqual(everything), {
    remote: "other",
  });
});

test("a ledger that changed after it was sent goes again, also when it changes during the push", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  await open(project, (store) => {
    const before = store.candidates("ledgers", "unsent");
    appendLedger(project, ledger(sha("a"), ["2"]));
    const after = store.candidates("ledgers", "unsent");
    expect(after).toHaveLength(1);
    store.acknowledge("ledgers", before);
    expect(store.candidates("ledgers", "unsent")).toHaveLength(1);
    store.acknowledge("ledgers", after);
    expect(store.candidates("ledgers", "unsent")).toEqual([]);
    appendLedger(project, ledger(sha("a"), ["3"]));
    expect(
      JSON.parse(store.texts("ledgers", store.candidates("ledgers", "unsent"))[0] ?? ""),
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
  await open(project, (store) => {
    const candidates = store.candidates("traces", "unsent");
    const texts = store.texts("traces", [...candidates].reverse());
    expect(texts).toEqual(['{"id":"2","metadata":{"keep":1.50},"files":[],"z":1e3}', odd]);
    expect(candidates.map(({ bytes }) => bytes).reverse()).toEqual(
      texts.map((text) => Buffer.byteLength(text)),
    );
    expect(store.texts("traces", [{ ...candidates[0], place: undefined } as never])).toEqual([odd]);
  });
});

test("rows whose file is replaced in the middle of a push are found again", async () => {
  using scene = projectScene();
  const { project } = scene;
  appendTraces(project, [trace("1"), trace('2"é'), trace("3")]);
  await open(project, (store) => {
    const candidates = store.candidates("traces", "unsent");
    writeFileSync(`${project.traces}.new`, `${lines(project.traces).reverse().join("\n")}\n`);
    renameSync(`${project.traces}.new`, project.traces);
    const ids = store.texts("traces", candidates).map((text) => JSON.parse(text).id);
    expect(ids).toEqual(["1", '2"é', "3"]);
    store.acknowledge("traces", candidates.slice(0, 1));
    expect(unsent(store)).toEqual(["traces 3", 'traces 2"é']);
  });
});

test("rows that are not here are appended once, and count as sent", async () => {
  using scene = projectScene();
  const { project } = scene;
  appendTrace(project, trace("1"));
  const text = '{"id": "2", "n": 12345678901234567890, "files": []}';
  await open(project, (store) => {
    const rows = [row(trace("1")), { key: "2", text, value: JSON.parse(text) }, row(trace("3"))];
    expect(store.merge("traces", [...rows, row(trace("3"))])).toEqual({ merged: 2, skipped: 2 });
    expect(store.merge("traces", rows)).toEqual({ merged: 0, skipped: 3 });
    appendTrace(project, trace("hook"));
    expect(store.merge("traces", [row(trace("4"))])).toEqual({ merged: 1, skipped: 0 });
    store.advance("traces", "2026-01-01T00:00:00Z");
  });
  expect(lines(project.traces)[1]).toBe(text);
  expect(lines(project.traces)).toHaveLength(5);
  await open(project, (store) => {
    expect(unsent(store)).toEqual(["traces hook"]);
    expect(store.cursor("traces")).toBe("2026-01-01T00:00:00Z");
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
  await open(project, (store) => {
    expect(store.merge("summaries", rows)).toEqual({ merged: 1, skipped: 1 });
    expect(store.merge("summaries", rows)).toEqual({ merged: 0, skipped: 2 });
    expect(store.candidates("summaries", "unsent")).toEqual([]);
  });
  expect(lines(project.summaries)).toHaveLength(2);
});

test("rows that come while hooks append, and behind half a line, are found where they stand", async () => {
  using scene = projectScene();
  const { project } = scene;
  appendTrace(project, trace("1"));
  await open(project, (store) => {
    appendFileSync(project.traces, '{"id":"torn');
    expect(store.merge("traces", [row(trace("2")), row(trace("1"))])).toEqual({
      merged: 1,
      skipped: 1,
    });
    appendTrace(project, trace("3"));
    expect(store.merge("traces", [row(trace("4"))])).toEqual({ merged: 1, skipped: 0 });
    const all = store.candidates("traces", "all");
    expect(store.texts("traces", all).map((text) => JSON.parse(text).id)).toEqual([
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
    await open(project, (store) => void store.merge("traces", rows));
    expect(lines(project.traces)).toEqual(rows.map(({ text }) => text));
    await open(project, (store) =>
      expect(store.merge("traces", rows)).toEqual({ merged: 0, skipped: 3 }),
    );
  },
);

test("a ledger in another form is news, unless ours has not been pushed", async () => {
  using scene = projectScene();
  const { project } = scene;
  const [a, b] = [sha("a"), sha("b")];
  appendLedger(project, ledger(a, ["1"]));
  appendLedger(project, ledger(b, ["1"]));
  await open(project, (store) => {
    const [first] = store.candidates("ledgers", "unsent");
    if (first !== undefined) store.acknowledge("ledgers", [first]);
    const reordered = Object.fromEntries(Object.entries(ledger(a, ["1"])).reverse());
    expect(store.merge("ledgers", [row(reordered)])).toEqual({ merged: 0, skipped: 1 });
    const theirs = [row(ledger(a, ["2"])), row(ledger(b, ["2"]))];
    expect(store.merge("ledgers", theirs)).toEqual({ merged: 1, skipped: 1 });
    expect(unsent(store)).toEqual([`ledgers ${b}`]);
    expect(store.merge("ledgers", theirs)).toEqual({ merged: 0, skipped: 2 });
    expect(store.merge("ledgers", [row(ledger(a, ["3"])), row(ledger(a, ["4"]))])).toEqual({
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
  await open(project, sendAll);
  const kept = lines(project.traces).reverse();
  writeFileSync(`${project.traces}.new`, `${[...kept, JSON.stringify(trace("5"))].join("\n")}\n`);
  renameSync(`${project.traces}.new`, project.traces);
  await open(project, (store) => expect(unsent(store)).toEqual(["traces 5"]));
});

interface Session {
  readonly source: string;
  readonly id: ConversationId;
}

function session(project: ProjectPaths, content: string): Session {
  const source = join(dirname(project.directory), "session.jsonl");
  mkdirSync(dirname(source), { recursive: true });
  writeFileSync(source, content);
  growLiveCopy(project, { path: source });
  return { source, id: conversationIdOf(source) };
}

test("a live copy becomes a snapshot with what its transcript has gained, and goes once", async () => {
  using scene = projectScene();
  const { project } = scene;
  const { source, id } = session(project, "one\n");
  appendFileSync(source, "two\n");
  utimesSync(source, new Date("2026-02-01T00:00:00.123Z"), new Date("2026-02-01T00:00:00.123Z"));
  const named = trace("1");
  if (named.files[0]?.conversations[0] !== undefined) named.files[0].conversations[0].id = id;
  appendTrace(project, named);
  const blob = hashBlob("one\ntwo\n");
  const expected = {
    conversationId: id,
    blob,
    bytes: 8,
    updatedAt: "2026-02-01T00:00:00.123Z",
    namedBySent: false,
    pointerSent: false,
    blobSent: false,
  };
  const dry = await open(project, (store) => store.transcripts("unsent"), { dryRun: true });
  expect(dry).toEqual([expected]);
  await open(project, async (store) => {
    await store.takeSnapshots(never);
    expect(await store.transcripts("unsent")).toEqual([expected]);
    expect(await store.openBlob(blob).text()).toBe("one\ntwo\n");
    store.acknowledge("traces", store.candidates("traces", "unsent"));
    store.acknowledgeBlob(blob);
    expect(await store.transcripts("unsent")).toEqual([
      { ...expected, namedBySent: true, blobSent: true },
    ]);
    store.acknowledgeTranscript(id, blob);
    expect(await store.transcripts("unsent")).toEqual([]);
    store.flush();
  });
  expect(JSON.parse(readFileSync(project.conversationIndex, "utf8"))).toEqual({ [id]: blob });
  rmSync(project.index);
  await open(project, async (store) => expect(await store.transcripts("unsent")).toEqual([]));
});

test("an earlier snapshot goes once a longer one is there, if the remote had it", async () => {
  using scene = projectScene();
  const { project } = scene;
  const { source } = session(project, "one\n");
  const take = async (acknowledged: boolean): Promise<void> =>
    await open(project, async (store) => {
      await store.takeSnapshots(never);
      for (const { blob, conversationId } of await store.transcripts("unsent")) {
        if (acknowledged) store.acknowledgeBlob(blob);
        if (acknowledged) store.acknowledgeTranscript(conversationId, blob);
      }
    });
  const has = (content: string): boolean => existsSync(snapshotPath(project, hashBlob(content)));
  await take(false);
  appendFileSync(source, "two\n");
  await take(true);
  appendFileSync(source, "three\n");
  await take(false);
  expect([has("one\n"), has("one\ntwo\n"), has("one\ntwo\nthree\n")]).toEqual([true, false, true]);
});

test("the live copy of a session that is over gives way to its snapshot", async () => {
  using scene = projectScene();
  const { project } = scene;
  const { source, id } = session(project, "one\n");
  await open(project, (store) => store.takeSnapshots(never));
  expect(existsSync(livePath(project, id))).toBe(true);
  const now = new Date(Date.now() + 8 * 24 * 3600 * 1000);
  await open(project, (store) => store.takeSnapshots(never), { now });
  expect(existsSync(livePath(project, id))).toBe(false);
  expect(existsSync(snapshotPath(project, hashBlob("one\n")))).toBe(true);
  appendFileSync(source, "two\n");
  growLiveCopy(project, { path: source });
  expect(readFileSync(livePath(project, id), "utf8")).toBe("one\ntwo\n");
});

const foreign = "d".repeat(64) as ConversationId;

test("a pulled transcript is checked, kept under its hash and pointed to, unless ours is newer", async () => {
  using scene = projectScene();
  const { project } = scene;
  const [first, second] = [hashBlob("first"), hashBlob("second")];
  await open(project, async (store) => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const wrong = store.saveBlob(first, bytes("wrong"));
    expect(wrong).rejects.toMatchObject({ label: "digest_mismatch" });
    await wrong.catch(() => {});
    expect(store.hasBlob(first)).toBe(false);
    await store.saveBlob(first, new Blob([bytes("fi"), bytes("rst")]).stream());
    await store.saveBlob(second, bytes("second"));
    expect(store.pointTo(foreign, first, "2026-01-01T00:00:00Z")).toBe("merged");
    expect(store.pointTo(foreign, first, "2026-01-01T00:00:00Z")).toBe("skipped");
    expect(store.pointTo(foreign, second, "2025-12-31T00:00:00Z")).toBe("skipped");
    expect(store.pointTo(foreign, second, "2026-01-02T00:00:00Z")).toBe("merged");
    expect(await store.transcripts("unsent")).toEqual([]);
    store.flush();
  });
  expect(JSON.parse(readFileSync(project.conversationIndex, "utf8"))).toEqual({
    [foreign]: second,
  });
  expect(
    readdirSync(project.conversations, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".tmp")),
  ).toEqual([]);
});

test("what an agent writes here is not displaced by a remote's form of it", async () => {
  using scene = projectScene();
  const { project } = scene;
  const { id } = session(project, "ours\n");
  const theirs = hashBlob("theirs");
  await open(project, async (store) => {
    await store.takeSnapshots(never);
    await store.saveBlob(theirs, new TextEncoder().encode("theirs"));
    expect(store.pointTo(id, theirs, "2099-01-01T00:00:00Z")).toBe("skipped");
    expect((await store.transcripts("unsent")).map(({ blob }) => blob)).toEqual([
      hashBlob("ours\n"),
    ]);
  });
});

test("a transcript that could not be had is remembered without the index, until it is there", async () => {
  using scene = projectScene();
  const { project } = scene;
  const blob = hashBlob("late");
  const missing = { conversationId: foreign, blob, updatedAt: "2026-01-01T00:00:00Z" };
  await open(project, (store) => store.rememberMissing(foreign, blob, missing.updatedAt));
  rmSync(project.index);
  await open(project, async (store) => {
    expect(store.missingTranscripts()).toEqual([missing]);
    await store.saveBlob(blob, new TextEncoder().encode("late"));
    store.pointTo(foreign, blob, missing.updatedAt);
  });
  await open(project, (store) => expect(store.missingTranscripts()).toEqual([]));
  await open(project, (store) => expect(store.missingTranscripts()).toEqual([]), {
    remote: "other",
  });
});

test("a dry run answers as the real one and writes nothing but the index", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  session(project, "one\n");
  const state = (): string[] =>
    readdirSync(project.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith("index.db"))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return `${path} ${statSync(path).mtimeMs} ${readFileSync(path, "utf8")}`;
      })
      .sort();
  const work = async (store: SyncStore): Promise<unknown> => {
    const identified = store.identify({ url, epoch: "e1" });
    await store.takeSnapshots(never);
    const sending = unsent(store);
    const transcripts = await store.transcripts("unsent");
    const merged = [
      store.merge("traces", [row(trace("1")), row(trace("8"))]),
      store.merge("traces", [row(trace("8")), row(trace("9"))]),
    ];
    store.advance("traces", "2026-01-01T00:00:00Z");
    store.rememberMissing(foreign, "e".repeat(64) as BlobId, "2026-01-01T00:00:00Z");
    store.flush();
    return { identified, sending, transcripts, merged };
  };
  await open(project, () => {}, { dryRun: true });
  const before = state();
  const dry = await open(project, work, { dryRun: true });
  expect(state()).toEqual(before);
  expect(dry).toEqual(await open(project, work));
});

test("what a remote has goes with its name, and is forgotten with it", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  const warn = (): void => {};
  const remotes = (): string[] =>
    Object.keys(JSON.parse(readFileSync(project.syncState, "utf8")).remotes);
  await open(project, (store) => {
    sendAll(store);
    store.flush();
  });
  renameRemote(project, { from: "origin", to: "upstream" }, warn);
  expect(remotes()).toEqual(["upstream"]);
  await open(project, (store) => expect(unsent(store)).toEqual([]), { remote: "upstream" });
  await open(project, (store) => expect(unsent(store)).toEqual(everything));
  rmSync(project.index);
  await open(project, (store) => expect(unsent(store)).toEqual([]), { remote: "upstream" });
  forgetRemote(project, "upstream", warn);
  expect(remotes()).toEqual([]);
  await open(project, (store) => expect(unsent(store)).toEqual(everything), { remote: "upstream" });
});
