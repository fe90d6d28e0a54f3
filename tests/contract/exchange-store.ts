import { describe, expect, test } from "bun:test";
import { hashBlob } from "../../src/schema/digest.ts";
import type { ConversationId } from "../../src/schema/ids.ts";
import type { RowResource } from "../../src/schema/resource.ts";
import type { ExchangePorts } from "../../src/sync/ports.ts";
import { foreign, never, row, sendAll, unsent, url } from "../store/exchange/exchange-scene.ts";
import { ledger, sha, trace } from "../store/scene.ts";

export interface ExchangeStoreScene extends Disposable {
  readonly store: ExchangePorts;
  /** The same store opened anew, where that can be: it then sees everything that others appended meanwhile. */
  again(): ExchangePorts;
  add(resource: RowResource, value: object): void;
  /** What the scene's one session holds from now on, and since when. */
  write(content: string, time: string): ConversationId;
}

const [spring, summer] = ["2026-03-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"];
const summaryOf = (conversation: string) => ({
  conversation_id: conversation,
  summary: "s",
  created_at: spring,
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What push and pull take for granted of a store, as `src/sync/ports.ts` puts it. */
export function exchangeStoreContract(kind: string, makeScene: () => ExchangeStoreScene): void {
  describe(`the store as push and pull see it, ${kind}`, () => {
    test("lists in order what the remote lacks, until it acknowledged it", () => {
      using scene = makeScene();
      for (const id of ["1", "2", "3"]) scene.add("traces", trace(id));
      scene.add("ledgers", ledger(sha("a"), ["1", "3"]));
      scene.add("summaries", summaryOf("c".repeat(64)));
      const store = scene.again();
      store.memory.identify({ url, epoch: "e1" });
      const named = (resource: RowResource) =>
        store.rows.candidates(resource, "unsent").map((one) => one.named);
      expect({ traces: named("traces"), summaries: named("summaries") }).toEqual({
        traces: [true, false, true],
        summaries: [false],
      });
      store.rows.acknowledge("traces", store.rows.candidates("traces", "unsent").slice(1, 2));
      const summary = `summaries ${"c".repeat(64)}:${spring}`;
      const rest = ["traces 1", "traces 3", `ledgers ${sha("a")}`, summary];
      expect(unsent(scene.again())).toEqual(rest);
      const reopened = scene.again();
      expect(reopened.rows.candidates("summaries", "unsent")[0]?.named).toBe(true);
      sendAll(reopened);
      const last = scene.again();
      expect(unsent(last)).toEqual([]);
      expect(last.rows.count("traces")).toBe(3);
      expect(last.rows.candidates("traces", "all").map(({ key }) => key)).toEqual(["1", "2", "3"]);
    });

    test("takes no acknowledgement of an earlier form for one of the row that stands there", () => {
      using scene = makeScene();
      const { store } = scene;
      scene.add("ledgers", ledger(sha("a"), ["1"]));
      const before = store.rows.candidates("ledgers", "unsent");
      scene.add("ledgers", ledger(sha("a"), ["2"]));
      const after = store.rows.candidates("ledgers", "unsent");
      store.rows.acknowledge("ledgers", before);
      expect(unsent(store)).toEqual([`ledgers ${sha("a")}`]);
      store.rows.acknowledge("ledgers", after);
      expect(unsent(store)).toEqual([]);
    });

    test("gives texts in the order asked for, without what stays on this machine", () => {
      using scene = makeScene();
      const { store } = scene;
      scene.add("traces", trace("1"));
      scene.add("traces", {
        ...trace("2"),
        metadata: { repo_root: "/home/me", keep: 1, command: "ls" },
      });
      const candidates = store.rows.candidates("traces", "unsent").toReversed();
      const texts = store.rows.texts("traces", candidates);
      expect(texts.map((text) => JSON.parse(text) as object)).toEqual([
        { ...trace("2"), metadata: { keep: 1 } },
        { ...trace("1") },
      ]);
      expect(candidates.map((one) => one.bytes)).toEqual(
        texts.map((text) => Buffer.byteLength(text)),
      );
      expect(candidates.map(({ time }) => time)).toEqual(
        ["2", "1"].map((id) => trace(id).timestamp),
      );
    });

    test("merges a row once, says before which ones are news, and takes all of them for sent", () => {
      using scene = makeScene();
      scene.add("traces", trace("1"));
      scene.add("traces", trace("ours"));
      const store = scene.again();
      const rows = ["1", "2", "3", "3"].map((id) => row(trace(id)));
      const news = () => store.rows.news("traces", rows).map(({ key }) => key);
      expect([news(), news()]).toEqual([
        ["2", "3"],
        ["2", "3"],
      ]);
      expect(store.rows.merge("traces", rows)).toEqual({ merged: 2, skipped: 2 });
      expect(news()).toEqual([]);
      expect(store.rows.merge("traces", rows)).toEqual({ merged: 0, skipped: 4 });
      expect(unsent(scene.again())).toEqual(["traces ours"]);
    });

    test("takes another form of a ledger, but not over ours that is unsent or claims more", () => {
      using scene = makeScene();
      const { store } = scene;
      const [pulled, unpushed, claiming] = [sha("a"), sha("b"), sha("c")];
      const emptied = { ...ledger(claiming, ["2"]), files: {} };
      scene.add("ledgers", ledger(claiming, ["1"]));
      store.rows.acknowledge("ledgers", store.rows.candidates("ledgers", "unsent"));
      scene.add("ledgers", ledger(unpushed, ["1"]));
      expect(store.rows.merge("ledgers", [row(ledger(pulled, ["1"]))]).merged).toBe(1);
      const reordered = Object.fromEntries(Object.entries(ledger(pulled, ["1"])).toReversed());
      expect(store.rows.merge("ledgers", [row(reordered)])).toEqual({ merged: 0, skipped: 1 });
      const theirs = [row(ledger(pulled, ["2"])), row(ledger(unpushed, ["2"])), row(emptied)];
      expect(store.rows.merge("ledgers", theirs)).toEqual({
        merged: 1,
        skipped: 2,
        differing: [claiming],
      });
      expect(unsent(scene.again())).toEqual([`ledgers ${unpushed}`]);
    });

    test("makes a snapshot of what a transcript holds, and lists it until pointer and bytes went", async () => {
      using scene = makeScene();
      const { store } = scene;
      const id = scene.write("one\n", spring);
      const blob = hashBlob("one\n");
      const expected = {
        conversationId: id,
        blob,
        bytes: 4,
        updatedAt: spring,
        namedBySent: false,
        pointerSent: false,
        blobSent: false,
      };
      const [preview] = store.transcripts.preview().previews;
      expect({ ...preview?.candidate, text: await preview?.content.text() }).toEqual({
        ...expected,
        text: "one\n",
      });
      expect(store.transcripts.list("all")).toEqual([]);
      await store.transcripts.take(never);
      expect(store.transcripts.preview()).toEqual({ previews: [], held: [] });
      expect(store.transcripts.list("unsent")).toEqual([expected]);
      expect(await store.transcripts.open(blob).text()).toBe("one\n");
      store.memory.noteBlob(blob);
      expect(store.transcripts.list("unsent")).toEqual([{ ...expected, blobSent: true }]);
      store.memory.notePointer(id, blob);
      expect(scene.again().transcripts.list("unsent")).toEqual([]);
      scene.again().memory.forgetBlob(blob);
      const last = scene.again().transcripts;
      expect(last.list("unsent")).toEqual([{ ...expected, pointerSent: true }]);
      expect(last.isNews(id, hashBlob("theirs"), "2099-01-01T00:00:00Z")).toBe(false);
    });

    test("tells of the last four snapshots before one that the remote has, newest first", async () => {
      using scene = makeScene();
      const texts = Array.from({ length: 7 }, (_, turns) => "turn\n".repeat(turns + 1));
      const [id] = texts.map((text) => scene.write(text, spring));
      if (id === undefined) return expect.unreachable();
      for (const [turn, text] of texts.entries()) {
        scene.write(text, spring);
        const { transcripts, memory } = scene.again();
        await transcripts.take(never);
        if (turn !== 4) memory.noteBlob(hashBlob(text));
      }
      const { transcripts } = scene.again();
      const earlier = transcripts.earlier(id, hashBlob(texts[6] ?? ""));
      expect(earlier.map(({ bytes: size }) => size / 5)).toEqual([6, 4, 3, 2]);
      expect(earlier.map(({ blob }) => blob)).toEqual(
        [5, 3, 2, 1].map((turn) => hashBlob(texts[turn] ?? "")),
      );
      transcripts.drop(id, hashBlob("other"));
      expect(scene.again().transcripts.earlier(id, hashBlob(texts[6] ?? ""))).toEqual([]);
    });

    test("saves no bytes but those that were named, and no more than were said", async () => {
      using scene = makeScene();
      const { transcripts } = scene.store;
      const blob = hashBlob("first");
      const labelOf = (saved: Promise<void>) =>
        saved.then(
          () => "saved",
          (error: { label: string }) => error.label,
        );
      const stream = () => new Blob(["fi", "rst"]).stream();
      expect([
        await labelOf(transcripts.save(blob, bytes("wrong"))),
        await labelOf(transcripts.save(blob, stream(), { size: 4 })),
        transcripts.has(blob),
        await labelOf(transcripts.save(blob, stream(), { size: 5 })),
        transcripts.has(blob),
      ]).toEqual(["digest_mismatch", "too_many_bytes", false, "saved", true]);
    });

    test("points to what is newer, and remembers what could not be had until it is there", async () => {
      using scene = makeScene();
      const { transcripts } = scene.store;
      const [first, second] = [hashBlob("first"), hashBlob("second")];
      const late = { conversationId: foreign, blob: first, updatedAt: spring, bytes: 5 };
      transcripts.remember([late]);
      expect(transcripts.missing()).toEqual([late]);
      await transcripts.save(first, bytes("first"));
      await transcripts.save(second, bytes("second"));
      expect(transcripts.pointTo(foreign, first, spring)).toBe("merged");
      expect(transcripts.pointTo(foreign, first, spring)).toBe("skipped");
      expect(transcripts.pointTo(foreign, second, "2025-12-31T00:00:00Z")).toBe("skipped");
      expect(transcripts.pointTo(foreign, second, summer)).toBe("merged");
      const last = scene.again().transcripts;
      expect(last.missing()).toEqual([]);
      expect(last.list("unsent")).toEqual([]);
      expect(last.list("all").map(({ blob, updatedAt }) => ({ blob, updatedAt }))).toEqual([
        { blob: second, updatedAt: summer },
      ]);
    });

    test("drops a conversation with its bytes, but not with those that another one needs", async () => {
      using scene = makeScene();
      const { transcripts } = scene.store;
      const other = "a".repeat(64) as ConversationId;
      const [first, second] = [hashBlob("first"), hashBlob("second")];
      await transcripts.save(first, bytes("first"));
      await transcripts.save(second, bytes("second"));
      for (const id of [foreign, other]) transcripts.pointTo(id, first, spring);
      transcripts.remember([
        { conversationId: foreign, blob: second, updatedAt: summer, bytes: undefined },
      ]);
      const kept = () => {
        const again = scene.again().transcripts;
        const listed = again.list("all").map(({ conversationId }) => conversationId);
        return [listed, again.missing(), again.has(first), again.has(second)];
      };
      transcripts.drop(foreign, second);
      expect(kept()).toEqual([[other], [], true, false]);
      scene.again().transcripts.drop(other, second);
      expect(kept()).toEqual([[], [], false, false]);
    });

    test("forgets what a remote has where it becomes another, and keeps who it is where it only lost it", () => {
      using scene = makeScene();
      scene.add("traces", trace("1"));
      let { store } = scene;
      expect(store.memory.identity()).toBeUndefined();
      expect(store.memory.identify({ url, epoch: undefined })).toBe("new");
      expect(store.memory.identify({ url, epoch: "e1" })).toBe("unchanged");
      const know = (): void => {
        store.rows.acknowledge("traces", store.rows.candidates("traces", "unsent"));
        store.memory.advance("traces", spring);
      };
      const known = () => ({
        identity: store.memory.identity(),
        unsent: unsent(store),
        cursor: store.memory.cursor("traces"),
      });
      know();
      store = scene.again();
      expect(store.memory.identify({ url, epoch: undefined })).toBe("unchanged");
      expect(known()).toEqual({ identity: { url, epoch: "e1" }, unsent: [], cursor: spring });
      store.memory.forget();
      const nothing = { unsent: ["traces 1"], cursor: null };
      expect(known()).toEqual({ identity: { url, epoch: "e1" }, ...nothing });
      know();
      expect(store.memory.identify({ url, epoch: "e2" })).toBe("changed");
      expect(known()).toEqual({ identity: { url, epoch: "e2" }, ...nothing });
      know();
      expect(store.memory.identify({ url: `${url}2`, epoch: "e2" })).toBe("changed");
      expect(known()).toEqual({ identity: { url: `${url}2`, epoch: "e2" }, ...nothing });
    });
  });
}
