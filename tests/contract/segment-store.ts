import { describe, expect, test } from "bun:test";
import { sha256Hex } from "../../src/schema/digest.ts";
import type { SegmentStore } from "../../src/service/segment-store.ts";

export interface SegmentStoreScene extends AsyncDisposable {
  readonly store: SegmentStore;
}

const name = (text: string): string => `${sha256Hex(text)}.0123456789abcdef`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What every place for segments must do. */
export function segmentStoreContract(
  kind: string,
  makeScene: () => Promise<SegmentStoreScene>,
): void {
  describe(`${kind} as the service's place for segments`, () => {
    const read = async ({ store }: SegmentStoreScene, of: string, from = 0) => {
      const stream = await store.read(of, from);
      return stream === undefined ? undefined : new Response(stream).text();
    };

    test("gives back what it was given, from any byte on", async () => {
      await using at = await makeScene();
      await at.store.put(name("a"), bytes("one two"));
      expect(await read(at, name("a"))).toBe("one two");
      expect(await read(at, name("a"), 4)).toBe("two");
    });

    test("knows nothing of what it was not given", async () => {
      await using at = await makeScene();
      await at.store.put(name("a"), bytes("x"));
      expect(await read(at, name("b"))).toBeUndefined();
      expect((await at.store.lost([name("a")])).size).toBe(0);
    });

    test("lists what it has with the time, and deletes it, twice too", async () => {
      await using at = await makeScene();
      const began = Date.now() - 60_000;
      for (const of of ["a", "b"]) await at.store.put(name(of), bytes(of));
      const listed: string[] = [];
      for await (const { name: one, at: time } of at.store.list()) {
        expect(time).toBeGreaterThan(began);
        listed.push(one);
      }
      expect(listed.toSorted()).toEqual([name("a"), name("b")].toSorted());
      await at.store.delete(name("a"));
      await at.store.delete(name("a"));
      expect(await read(at, name("a"))).toBeUndefined();
      expect(await read(at, name("b"))).toBe("b");
    });

    test("keeps many that are put at once", async () => {
      await using at = await makeScene();
      const names = Array.from({ length: 24 }, (_, number) => `${number}`);
      await Promise.all(names.map((one) => at.store.put(name(one), bytes(one.repeat(1000)))));
      for (const one of names) expect(await read(at, name(one))).toBe(one.repeat(1000));
      await at.store.ping();
    });
  });
}
