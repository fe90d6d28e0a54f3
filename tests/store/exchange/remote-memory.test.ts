import { expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { BlobId } from "../../../src/schema/ids.ts";
import { appendLedger, appendTrace } from "../../../src/store/records.ts";
import { forgetRemote, renameRemote } from "../../../src/store/exchange/remote-state.ts";
import type { ExchangePorts } from "../../../src/sync/ports.ts";
import { ledger, projectScene, sha, trace } from "../scene.ts";

import {
  everything,
  fill,
  foreign,
  never,
  openStore,
  row,
  sendAll,
  session,
  summaryKey,
  unsent,
  url,
} from "./exchange-scene.ts";

test("an acknowledgement outlives a kill, and is written down at the end", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  await openStore(project, sendAll);
  expect(existsSync(project.syncState)).toBe(false);
  await openStore(project, (store) => {
    expect(unsent(store)).toEqual([]);
    store.memory.flush();
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
  await openStore(project, (store) => {
    sendAll(store);
    store.memory.flush();
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
  await openStore(project, async (store) => {
    expect(store.memory.identify({ url, epoch: "e1" })).toBe("unchanged");
    await store.transcripts.take(never);
    expect(unsent(store)).toEqual([]);
    expect(store.transcripts.list("unsent")).toEqual([]);
    expect(store.rows.merge("traces", [])).toEqual({ merged: 0, skipped: 0 });
    store.memory.flush();
  });
  expect(states()).toEqual(before);
});

test("without its index the manifest is read again; a row that changed since is still known as changed", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  appendLedger(project, ledger(sha("b"), ["2"]));
  await openStore(project, (store) => {
    sendAll(store);
    store.memory.flush();
  });
  appendLedger(project, ledger(sha("b"), ["1", "2"]));
  appendTrace(project, trace("4"));
  rmSync(project.index);
  await openStore(project, (store) => {
    expect(store.memory.identity()).toEqual({ url, epoch: "e1" });
    expect(unsent(store)).toEqual(["traces 4", `ledgers ${sha("b")}`]);
  });
});

test("a manifest that is deleted, damaged or of the future makes the next push ask again", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  const synced = async (): Promise<void> => {
    await openStore(project, (store) => {
      sendAll(store);
      store.memory.flush();
    });
  };
  await synced();
  const sound = readFileSync(project.syncState, "utf8");
  rmSync(project.syncState);
  await openStore(project, (store) => expect(unsent(store)).toEqual(everything));
  await synced();
  const damaged = ["\0".repeat(100), "[]", sound.replace('"version": 2', '"version": 3')];
  for (let length = 0; length < sound.trimEnd().length; length += 7)
    damaged.push(sound.slice(0, length));
  for (const [index, text] of damaged.entries()) {
    writeFileSync(project.syncState, text);
    const said: string[] = [];
    await openStore(project, (store) => expect(unsent(store)).toEqual(everything), { said });
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
  await openStore(project, (store) => {
    expect(store.memory.identity()).toBeUndefined();
    expect(store.memory.cursor("traces")).toBe("2026-01-01T00:00:00Z");
    expect(store.memory.cursor("ledgers")).toBeNull();
    expect(unsent(store)).toEqual([
      "traces 2",
      "traces 3",
      `commit_links ${sha("a")}`,
      `summaries ${summaryKey}`,
    ]);
    expect(store.memory.identify({ url, epoch: "e1" })).toBe("unchanged");
    store.rows.acknowledge("traces", store.rows.candidates("traces", "unsent"));
    store.memory.flush();
  });
  const written = JSON.parse(readFileSync(project.syncState, "utf8"));
  expect(written.extra).toEqual([1]);
  expect(written.remotes.other).toEqual(foreign.remotes.other);
  expect(written.remotes.origin.more).toEqual({ x: 1 });
  expect(written.remotes.origin.synced.trace_ids).toEqual(["1", "2", "3", "99"]);
  appendTrace(project, trace("99"));
  await openStore(project, (store) =>
    expect(store.rows.candidates("traces", "unsent")).toEqual([]),
  );
});

test("another service behind the name has nothing of ours", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  await openStore(project, (store) => {
    sendAll(store);
    store.memory.advance("traces", "2026-01-01T00:00:00Z");
    store.memory.flush();
  });
  const identities = [
    [{ url, epoch: "e1" }, "unchanged", 0],
    [{ url, epoch: undefined }, "unchanged", 0],
    [{ url, epoch: "e2" }, "changed", 6],
    [{ url: `${url}2`, epoch: "e2" }, "changed", 6],
  ] as const;
  for (const [identity, answer, lacking] of identities) {
    await openStore(project, (store) => {
      expect(store.memory.identify(identity)).toBe(answer);
      expect(unsent(store)).toHaveLength(lacking);
      expect(store.memory.cursor("traces")).toBe(lacking === 0 ? "2026-01-01T00:00:00Z" : null);
      if (lacking > 0) sendAll(store);
      store.memory.identify(identity);
      store.memory.advance("traces", "2026-01-01T00:00:00Z");
      store.memory.flush();
    });
  }
});

test("remotes do not share what they have", async () => {
  using scene = projectScene();
  fill(scene.project);
  await openStore(scene.project, sendAll);
  await openStore(scene.project, (store) => expect(unsent(store)).toEqual(everything), {
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
  const work = async (store: ExchangePorts): Promise<unknown> => {
    const identified = store.memory.identify({ url, epoch: "e1" });
    await store.transcripts.take(never);
    const sending = unsent(store);
    const transcripts = store.transcripts.list("unsent");
    const merged = [
      store.rows.merge("traces", [row(trace("1")), row(trace("8"))]),
      store.rows.merge("traces", [row(trace("8")), row(trace("9"))]),
    ];
    store.memory.advance("traces", "2026-01-01T00:00:00Z");
    store.transcripts.remember([
      {
        conversationId: foreign,
        blob: "e".repeat(64) as BlobId,
        updatedAt: "2026-01-01T00:00:00Z",
        bytes: undefined,
      },
    ]);
    store.memory.flush();
    return { identified, sending, transcripts, merged };
  };
  await openStore(project, () => {}, { dryRun: true });
  const before = state();
  const dry = await openStore(project, work, { dryRun: true });
  expect(state()).toEqual(before);
  expect(dry).toEqual(await openStore(project, work));
});

test("what a remote has goes with its name, and is forgotten with it", async () => {
  using scene = projectScene();
  const { project } = scene;
  fill(project);
  const warn = (): void => {};
  const remotes = (): string[] =>
    Object.keys(JSON.parse(readFileSync(project.syncState, "utf8")).remotes);
  await openStore(project, (store) => {
    sendAll(store);
    store.memory.flush();
  });
  renameRemote(project, { from: "origin", to: "upstream" }, warn);
  expect(remotes()).toEqual(["upstream"]);
  await openStore(project, (store) => expect(unsent(store)).toEqual([]), { remote: "upstream" });
  await openStore(project, (store) => expect(unsent(store)).toEqual(everything));
  rmSync(project.index);
  await openStore(project, (store) => expect(unsent(store)).toEqual([]), { remote: "upstream" });
  forgetRemote(project, "upstream", warn);
  expect(remotes()).toEqual([]);
  await openStore(project, (store) => expect(unsent(store)).toEqual(everything), {
    remote: "upstream",
  });
});
