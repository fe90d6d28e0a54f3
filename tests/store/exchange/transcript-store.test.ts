import { expect, test } from "bun:test";
import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { hashBlob } from "../../../src/schema/digest.ts";
import { growLiveCopy, livePath } from "../../../src/store/transcripts/live-copy.ts";
import { appendTrace } from "../../../src/store/records.ts";
import { unpointConversation } from "../../../src/store/transcripts/conversation-index.ts";
import { hasSnapshot, removeSnapshot } from "../../../src/store/transcripts/snapshot.ts";
import { saveSnapshot } from "../../../src/store/transcripts/write-snapshot.ts";
import { projectScene, trace } from "../scene.ts";

import { foreign, never, openStore, session } from "./exchange-scene.ts";

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
  const dry = await openStore(project, (store) => store.transcripts.list("unsent"), {
    dryRun: true,
  });
  expect(dry).toEqual([expected]);
  await openStore(project, async (store) => {
    await store.transcripts.take(never);
    expect(store.transcripts.list("unsent")).toEqual([expected]);
    expect(await store.transcripts.open(blob).text()).toBe("one\ntwo\n");
    store.rows.acknowledge("traces", store.rows.candidates("traces", "unsent"));
    store.memory.noteBlob(blob);
    expect(store.transcripts.list("unsent")).toEqual([
      { ...expected, namedBySent: true, blobSent: true },
    ]);
    store.memory.notePointer(id, blob);
    expect(store.transcripts.list("unsent")).toEqual([]);
    store.memory.flush();
  });
  expect(JSON.parse(readFileSync(project.conversationIndex, "utf8"))).toEqual({ [id]: blob });
  rmSync(project.index);
  await openStore(project, async (store) => expect(store.transcripts.list("unsent")).toEqual([]));
});

test("an earlier snapshot goes once a longer one is there, whether a remote had it or not", async () => {
  using scene = projectScene();
  const { project } = scene;
  const { source } = session(project, "one\n");
  const take = async (acknowledged: boolean): Promise<void> =>
    await openStore(project, async (store) => {
      await store.transcripts.take(never);
      for (const { blob, conversationId } of store.transcripts.list("unsent")) {
        if (acknowledged) store.memory.noteBlob(blob);
        if (acknowledged) store.memory.notePointer(conversationId, blob);
      }
    });
  const has = (content: string): boolean => hasSnapshot(project, hashBlob(content));
  await take(false);
  appendFileSync(source, "two\n");
  await take(true);
  appendFileSync(source, "three\n");
  await take(false);
  expect([has("one\n"), has("one\ntwo\n"), has("one\ntwo\nthree\n")]).toEqual([false, false, true]);
});

test.each(["noted", "pointed to nothing", "half of it gone"])(
  "a purge that was killed when the conversation was %s goes on with the next pull",
  async (killed) => {
    using scene = projectScene();
    const { project } = scene;
    const { source, id } = session(project, "one\n");
    const take = () =>
      openStore(project, async (store) => {
        await store.transcripts.take(never);
        return store.transcripts.list("all")[0]?.blob ?? hashBlob("");
      });
    await take();
    appendFileSync(source, "two\n");
    const blob = await take();
    // An earlier form that nothing tells of, as a version before this one left it.
    saveSnapshot(project, hashBlob("one\n"), Buffer.from("one\n"));
    await openStore(project, (store) => store.transcripts.notePurged(id));
    if (killed !== "noted") unpointConversation(project, id, () => {});
    if (killed === "half of it gone") removeSnapshot(project, hashBlob("one\n"));
    const kept = await openStore(project, (store) => store.transcripts.drop(id, blob));
    expect(kept).toBe("known");
    expect([blob, hashBlob("one\n")].filter((one) => hasSnapshot(project, one))).toEqual([]);
    const after = await openStore(project, async (store) => {
      await store.transcripts.take(never);
      return [store.transcripts.list("all"), store.transcripts.preview().previews];
    });
    expect(after).toEqual([[], []]);
    // Another remote may have it.
    const other = { remote: "other" };
    await openStore(project, (store) => store.transcripts.take(never), other);
    expect(await openStore(project, (store) => store.transcripts.list("all"), other)).toHaveLength(
      1,
    );
  },
);

test("the live copy of a session that is over gives way to its snapshot", async () => {
  using scene = projectScene();
  const { project } = scene;
  const { source, id } = session(project, "one\n");
  await openStore(project, (store) => store.transcripts.take(never));
  expect(existsSync(livePath(project, id))).toBe(true);
  const now = new Date(Date.now() + 8 * 24 * 3600 * 1000);
  await openStore(project, (store) => store.transcripts.take(never), { now });
  expect(existsSync(livePath(project, id))).toBe(false);
  expect(hasSnapshot(project, hashBlob("one\n"))).toBe(true);
  appendFileSync(source, "two\n");
  growLiveCopy(project, { path: source });
  expect(readFileSync(livePath(project, id), "utf8")).toBe("one\ntwo\n");
});

test("a pulled transcript is checked, kept under its hash and pointed to, unless ours is newer", async () => {
  using scene = projectScene();
  const { project } = scene;
  const [first, second] = [hashBlob("first"), hashBlob("second")];
  await openStore(project, async (store) => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const wrong = store.transcripts.save(first, bytes("wrong"));
    expect(wrong).rejects.toMatchObject({ label: "digest_mismatch" });
    await wrong.catch(() => {});
    expect(store.transcripts.has(foreign, first)).toBe(false);
    await store.transcripts.save(first, bytes("first"));
    await store.transcripts.save(second, bytes("second"));
    expect(store.transcripts.pointTo(foreign, first, "2026-01-01T00:00:00Z")).toBe("merged");
    expect(store.transcripts.pointTo(foreign, first, "2026-01-01T00:00:00Z")).toBe("skipped");
    expect(store.transcripts.pointTo(foreign, second, "2025-12-31T00:00:00Z")).toBe("skipped");
    expect(store.transcripts.pointTo(foreign, second, "2026-01-02T00:00:00Z")).toBe("merged");
    expect(store.transcripts.list("unsent")).toEqual([]);
    store.memory.flush();
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
  await openStore(project, async (store) => {
    await store.transcripts.take(never);
    await store.transcripts.save(theirs, new TextEncoder().encode("theirs"));
    expect(store.transcripts.pointTo(id, theirs, "2099-01-01T00:00:00Z")).toBe("skipped");
    expect(store.transcripts.list("unsent").map(({ blob }) => blob)).toEqual([hashBlob("ours\n")]);
  });
});

test("a transcript that could not be had is remembered without the index, until it is there", async () => {
  using scene = projectScene();
  const { project } = scene;
  const blob = hashBlob("late");
  const missing = { conversationId: foreign, blob, updatedAt: "2026-01-01T00:00:00Z", bytes: 4 };
  await openStore(project, (store) => store.transcripts.remember([missing]));
  rmSync(project.index);
  await openStore(project, async (store) => {
    expect(store.transcripts.missing()).toEqual([missing]);
    await store.transcripts.save(blob, new TextEncoder().encode("late"));
    store.transcripts.pointTo(foreign, blob, missing.updatedAt);
  });
  await openStore(project, (store) => expect(store.transcripts.missing()).toEqual([]));
  await openStore(project, (store) => expect(store.transcripts.missing()).toEqual([]), {
    remote: "other",
  });
});
