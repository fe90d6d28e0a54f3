import { describe, expect, test } from "bun:test";
import { hashBlob } from "../../src/schema/digest.ts";
import type { ConversationId } from "../../src/schema/ids.ts";
import { foreign, never } from "../store/exchange/exchange-scene.ts";
import type { ExchangeStoreScene } from "./exchange-store.ts";

const [spring, summer] = ["2026-03-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const streamOf = (...texts: string[]) => new Blob(texts).stream();
/** A stream of which no more than this comes. */
const brokenStream = (text: string) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes(text));
    },
    pull(controller) {
      controller.error({ label: "broken" });
    },
  });
const labelOf = (saved: Promise<void>) =>
  saved.then(
    () => "saved",
    (error: { label: string }) => error.label,
  );

/** What push and pull take for granted of a store's transcripts, as `src/sync/ports.ts` puts it. */
export function exchangeTranscriptsContract(
  kind: string,
  makeScene: () => ExchangeStoreScene,
): void {
  describe(`the transcripts of a store as push and pull see them, ${kind}`, () => {
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
      const wanted = { conversationId: foreign, blob, size: 5 };
      const come = (texts: string[], size = 5) =>
        labelOf(transcripts.download({ ...wanted, size }).take(streamOf(...texts), 0));
      expect([
        await labelOf(transcripts.save(blob, bytes("wrong"))),
        await come(["wrong"]),
        await come(["fi", "rst"], 4),
        transcripts.download(wanted).have,
        transcripts.has(foreign, blob),
        await come(["fi", "rst"]),
        transcripts.has(foreign, blob),
      ]).toEqual(["digest_mismatch", "digest_mismatch", "too_many_bytes", 0, false, "saved", true]);
    });

    test("goes on with a download that broke off, until a pull has come to its end", async () => {
      using scene = makeScene();
      const wanted = { conversationId: foreign, blob: hashBlob("first"), size: 5 };
      const download = () => scene.again().transcripts.download(wanted);
      expect(await labelOf(download().take(brokenStream("fi"), 0))).toBe("broken");
      expect([download().have, scene.again().transcripts.has(foreign, wanted.blob)]).toEqual([
        2,
        false,
      ]);
      expect(await labelOf(download().take(brokenStream("r"), 2))).toBe("broken");
      expect(await labelOf(download().take(streamOf("st"), 3))).toBe("saved");
      expect(await scene.again().transcripts.open(wanted.blob).text()).toBe("first");
      const other = { ...wanted, blob: hashBlob("other") };
      const again = scene.again().transcripts;
      expect(await labelOf(again.download(other).take(brokenStream("ot"), 0))).toBe("broken");
      again.endDownloads();
      expect(again.download(other).have).toBe(0);
    });

    test("begins a download with what is kept of the conversation, and tells where that is no beginning", async () => {
      using scene = makeScene();
      const [first, second] = [hashBlob("first"), hashBlob("first and more")];
      await scene.store.transcripts.save(first, bytes("first"));
      scene.store.transcripts.pointTo(foreign, first, spring);
      const { transcripts } = scene.again();
      const wanted = { conversationId: foreign, blob: second, size: 14 };
      expect(transcripts.download({ ...wanted, size: 5 }).have).toBe(0);
      const download = transcripts.download(wanted);
      expect(download.have).toBe(5);
      expect(await labelOf(download.take(streamOf(" and less"), 5))).toBe("digest_mismatch");
      download.restart();
      expect(download.have).toBe(0);
      const next = transcripts.download(wanted);
      expect(await labelOf(next.take(streamOf(" and", " more"), next.have))).toBe("saved");
      expect(await transcripts.open(second).text()).toBe("first and more");
      expect(await transcripts.open(first).text()).toBe("first");
    });

    test("answers the name of a snapshot from the one that begins with it, and takes it for no news", async () => {
      using scene = makeScene();
      const texts = ["one\n", "one\ntwo\n", "one\ntwo\nthree\n"];
      const names = texts.map(hashBlob);
      for (const [turn, text] of texts.entries()) {
        const store = scene.again();
        await store.transcripts.save(hashBlob(text), bytes(text));
        expect(
          store.transcripts.pointTo(foreign, hashBlob(text), `2026-03-0${turn + 1}T00:00:00Z`),
        ).toBe("merged");
      }
      const { transcripts } = scene.again();
      expect(names.map((name) => transcripts.has(foreign, name))).toEqual([true, true, true]);
      expect(names.map((name) => transcripts.isNews(foreign, name, summer))).toEqual([
        false,
        false,
        false,
      ]);
      expect(transcripts.pointTo(foreign, hashBlob(texts[0] ?? ""), summer)).toBe("skipped");
      expect(transcripts.list("all").map(({ blob }) => blob)).toEqual(names.slice(2));
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
        return [listed, again.missing(), again.has(other, first), again.has(other, second)];
      };
      transcripts.drop(foreign, second);
      expect(kept()).toEqual([[other], [], true, false]);
      scene.again().transcripts.drop(other, second);
      expect(kept()).toEqual([[], [], false, false]);
    });
  });
}
