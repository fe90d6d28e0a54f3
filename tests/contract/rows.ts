import { expect, test } from "bun:test";
import { hashBlob, sha256Hex } from "../../src/schema/digest.ts";
import type { Resource } from "../../src/schema/resource.ts";
import type { NewRow, StoreOptions } from "../../src/service/records.ts";
import { type Scene, counts, nobody, pageOf, row, tenant } from "./records-scene.ts";

/** What every database must do with rows and their order. */
export function rowsContract({
  scene,
  setClock,
}: {
  scene(): Promise<Scene>;
  setClock(time: number): void;
}): void {
  test("keeps texts byte for byte and gives them in the order of their places", async () => {
    await using at = await scene();
    const texts = ['{"z":1.0,"id":"a"}', '{"n":12345678901234567890,"u":"ü\\u0000\\ud800"}', "{}"];
    expect(await at.store(texts.map((text, index) => row(String(index), text)))).toEqual([
      { stored: 3, duplicate: 0, replaced: 0 },
    ]);
    expect(await at.page()).toEqual({ text: texts.join(",\n"), count: 3, last: 1_000_002 });
    expect(await at.page(1_000_000)).toMatchObject({ count: 2 });
    expect(await at.page(1_000_002)).toEqual({ text: "", count: 0, last: null });
    expect(await at.records.row(tenant, "traces", "1")).toEqual({
      text: texts[1] ?? "",
      writer: "ada",
    });
    expect(await at.records.row(tenant, "ledgers", "1")).toBeUndefined();
  });

  test("gives places that only grow, whatever the clock does", async () => {
    await using at = await scene();
    const lasts: (number | null)[] = [];
    for (const time of [1_000_000, 1_000_000, 5, 2_000_000]) {
      setClock(time);
      await at.store([row(crypto.randomUUID()), row(crypto.randomUUID())]);
      lasts.push((await at.page()).last);
    }
    expect(lasts).toEqual([1_000_001, 1_000_003, 1_000_005, 2_000_001]);
    expect((await at.page()).count).toBe(8);
  });

  test("keeps a trace as first written, replaces others that differ at a new place", async () => {
    await using at = await scene();
    const rows = [row("a"), row("b")];
    await at.store(rows);
    expect(await at.store([row("a", '{"other":1}')])).toEqual([
      { stored: 0, duplicate: 1, replaced: 0 },
    ]);
    const ledgers = (texts: NewRow[]) =>
      at.records.store(tenant, [{ resource: "ledgers", rows: texts }], nobody).then(counts);
    expect(await ledgers([...rows, row("a")])).toEqual([{ stored: 2, duplicate: 1, replaced: 0 }]);
    expect(await ledgers([row("a", '{"v":2}'), row("b")])).toEqual([
      { stored: 0, duplicate: 1, replaced: 1 },
    ]);
    expect(await pageOf(at.records, tenant, "ledgers")).toMatchObject({
      text: '{"id":"b"},\n{"v":2}',
    });
  });

  test("gives rows in the order of their last places, not of their first ones", async () => {
    await using at = await scene();
    const keys = Array.from({ length: 100 }, (_, number) => `k${number}`);
    const ledgers = (version: number) => (key: string) => row(key, `{"${key}":${version}}`);
    const store = (rows: NewRow[]) =>
      at.records.store(tenant, [{ resource: "ledgers", rows }], nobody);
    await store(keys.map(ledgers(1)));
    await store(keys.toReversed().map(ledgers(2)));
    const { text } = await pageOf(at.records, tenant, "ledgers");
    const expected = keys.toReversed().map((key) => ledgers(2)(key).text);
    expect(text).toBe(expected.join(",\n"));
  });

  test("compares conversations by their blob alone", async () => {
    await using at = await scene();
    const conversation = (content: string, text: string): NewRow => ({
      key: "c",
      text,
      blob: { id: hashBlob(content), size: content.length },
    });
    const store = async (item: NewRow) =>
      (await at.records.store(tenant, [{ resource: "conversations", rows: [item] }], nobody))?.[0];
    expect(await store(conversation("x", "{}"))).toMatchObject({ stored: 1 });
    expect(await store(conversation("x", '{"later":1}'))).toMatchObject({ duplicate: 1 });
    expect(await store(conversation("y", "{}"))).toMatchObject({ replaced: 1 });
    const known = await at.records.knownBlobs(tenant, [hashBlob("x"), hashBlob("y")]);
    expect(known.size).toBe(2);
  });

  test("stores all of a batch or nothing of it", async () => {
    await using at = await scene();
    const broken = { key: "b", text: null as unknown as string };
    const batch = [
      { resource: "commit_links" as const, rows: [row("a")] },
      { resource: "ledgers" as const, rows: [row("a"), broken] },
    ];
    await expect(at.records.store(tenant, batch, nobody)).rejects.toThrow();
    expect(await pageOf(at.records, tenant, "commit_links")).toMatchObject({ count: 0 });
  });

  test("says where rows lie and how long they are, and gives a part of one", async () => {
    await using at = await scene();
    const text = (length: number): string => `"${"ü".repeat(length)}"`;
    await at.store([1, 100, 2].map((length, key) => row(String(key), text(length))));
    const extents = (since: number | null, limit: number) =>
      at.records.extents(tenant, "traces", { since, limit });
    expect(await extents(null, 2)).toEqual([
      { place: 1_000_000, bytes: 4 },
      { place: 1_000_001, bytes: 202 },
    ]);
    expect(await extents(1_000_001, 9)).toEqual([{ place: 1_000_002, bytes: 6 }]);
    const slice = async (place: number, from: number, bytes: number) =>
      Buffer.from(await at.records.slice(tenant, "traces", { place, from, bytes })).toString();
    expect(await slice(1_000_001, 1, 4)).toBe("üü");
    expect(await slice(1_000_001, 199, 100)).toBe('ü"');
    expect(await slice(5, 0, 4)).toBe("");
  });

  test("says which places new rows got, and the last one before them", async () => {
    await using at = await scene();
    const store = async (keys: string[]) =>
      (
        await at.records.store(
          tenant,
          [{ resource: "traces", rows: keys.map((key) => row(key)) }],
          nobody,
        )
      )?.[0];
    expect(await at.records.places(tenant)).toMatchObject({ traces: null, ledgers: null });
    expect(await store(["a", "b"])).toMatchObject({
      first: 1_000_000,
      last: 1_000_001,
      before: null,
    });
    expect(await store(["b"])).toMatchObject({ first: null, last: null, before: 1_000_001 });
    expect(await store(["b", "c"])).toMatchObject({
      first: 1_000_002,
      last: 1_000_002,
      before: 1_000_001,
    });
    expect(await at.records.places(tenant)).toMatchObject({ traces: 1_000_002, ledgers: null });
  });

  test("keeps what a ledger was before it was replaced, with its writer", async () => {
    await using at = await scene();
    const store = (text: string, writer: string, resource: Resource = "ledgers") =>
      at.records.store(tenant, [{ resource, rows: [row("c", text)] }], { writer });
    await store('{"lines":180}', "ada");
    await store('{"lines":0}', "eve");
    await store('{"lines":0}', "bob");
    expect(await at.records.versions(tenant, "ledgers", "c")).toEqual([
      { text: '{"lines":180}', writer: "ada", place: 1_000_000, replaced_at: 1_000_001 },
      { text: '{"lines":0}', writer: "eve", place: 1_000_001, replaced_at: null },
    ]);
    expect(await at.records.versions(tenant, "ledgers", "d")).toEqual([]);
  });

  test("lets who may only add replace rows of their own alone", async () => {
    await using at = await scene();
    const store = async (text: string, options: StoreOptions) =>
      (
        await at.records.store(tenant, [{ resource: "ledgers", rows: [row("c", text)] }], options)
      )?.[0];
    await store("{}", { writer: "ada", ownOnly: true });
    expect(await store("[1]", { writer: "eve", ownOnly: true })).toMatchObject({
      replaced: 0,
      refused: [{ index: 0, code: "append_only" }],
    });
    expect(await store("[2]", { writer: "ada", ownOnly: true })).toMatchObject({ replaced: 1 });
    expect(await at.records.row(tenant, "ledgers", "c")).toEqual({ text: "[2]", writer: "ada" });
  });

  test("gives digests of its rows in the order of their places", async () => {
    await using at = await scene();
    await at.store([row("a", "{}"), row("b", "[]"), row("c", "1")]);
    const digests = (since: number | null, limit: number) =>
      at.records.digests(tenant, "traces", { since, limit });
    expect(await digests(null, 2)).toEqual({
      rows: [
        { key: "a", digest: sha256Hex("{}") },
        { key: "b", digest: sha256Hex("[]") },
      ],
      last: 1_000_001,
    });
    expect(await digests(1_000_002, 2)).toEqual({ rows: [], last: null });
  });
}
