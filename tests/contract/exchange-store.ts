import { describe, expect, test } from "bun:test";
import type { Candidate } from "../../src/schema/exchange.ts";
import type { ConversationId } from "../../src/schema/ids.ts";
import type { RowResource } from "../../src/schema/resource.ts";
import type { ExchangePorts } from "../../src/sync/ports.ts";
import { row, sendAll, unsent, url } from "../store/exchange/exchange-scene.ts";
import { ledger, sha, trace } from "../store/scene.ts";

export interface ExchangeStoreScene extends Disposable {
  readonly store: ExchangePorts;
  /** The same store opened anew, where that can be: it then sees everything that others appended meanwhile. */
  again(): ExchangePorts;
  add(resource: RowResource, value: object): void;
  /** What the scene's one session holds from now on, and since when. */
  write(content: string, time: string): ConversationId;
}

const spring = "2026-03-01T00:00:00.000Z";
const summaryOf = (conversation: string) => ({
  conversation_id: conversation,
  summary: "s",
  created_at: spring,
});

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

    test("gives the traces that the remote lacks a stretch at a time, while others are acknowledged", () => {
      using scene = makeScene();
      const { store } = scene;
      const ids = Array.from({ length: 6001 }, (_, number) => `t${number}`);
      for (const id of ids) scene.add("traces", trace(id));
      scene.add("ledgers", ledger(sha("a"), ["t0", "t6000"]));
      const found: string[] = [];
      for (const stretch of store.rows.unsentTraces()) {
        for (const { key, named } of stretch) found.push(named ? `${key} named` : key);
        store.rows.acknowledge("traces", stretch.slice(0, 1));
      }
      const named = (id: string): string => (["t0", "t6000"].includes(id) ? `${id} named` : id);
      expect(found).toEqual(ids.map(named));
      expect(store.rows.count("traces")).toBe(ids.length);
      const left = scene.again().rows.candidates("traces", "unsent");
      expect(left[0]?.key).toBe("t1");
      expect([...scene.again().rows.unsentTraces()].flat()).toHaveLength(left.length);
    });

    test("sees a ledger and its traces that were appended after it was opened", () => {
      using scene = makeScene();
      const { store } = scene;
      scene.add("traces", trace("1"));
      expect(store.rows.candidates("traces", "unsent").map(({ named }) => named)).toEqual([false]);
      scene.add("traces", trace("2"));
      scene.add("ledgers", ledger(sha("a"), ["1"]));
      const named = (stretches: Iterable<readonly Candidate[]>) =>
        [...stretches].flat().map((one) => [one.key, one.named]);
      const all = [
        ["1", true],
        ["2", false],
      ];
      expect(named([store.rows.candidates("traces", "unsent")])).toEqual(all);
      expect(named(store.rows.unsentTraces())).toEqual(all);
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
