import { describe, expect, test } from "bun:test";
import { hashBlob } from "../../src/schema/digest.ts";
import type { BlobStore } from "../../src/service/blob-store.ts";

export interface BlobStoreScene extends AsyncDisposable {
  readonly store: BlobStore;
  /** Everything that is kept, half-written things too. */
  list(): Promise<string[]>;
}

/** What every blob store of the service must do. */
export function blobStoreContract(name: string, makeScene: () => Promise<BlobStoreScene>): void {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  describe(`${name} as the service's blob store`, () => {
    test("gives back what it was given, under its digest", async () => {
      await using at = await makeScene();
      const written = await at.store.write([bytes("one "), bytes(""), bytes("two")]);
      expect(written).toEqual({ id: hashBlob("one two"), size: 7 });
      expect(await at.store.size(written.id)).toBe(7);
      expect(await (await at.store.open(written.id))?.text()).toBe("one two");
    });

    test("keeps the empty blob", async () => {
      await using at = await makeScene();
      const written = await at.store.write([]);
      expect(written).toEqual({ id: hashBlob(""), size: 0 });
      expect(await at.store.size(written.id)).toBe(0);
      expect(await (await at.store.open(written.id))?.text()).toBe("");
    });

    test("knows nothing of what it was not given", async () => {
      await using at = await makeScene();
      expect(await at.store.size(hashBlob("x"))).toBeUndefined();
      expect(await at.store.open(hashBlob("x"))).toBeUndefined();
    });

    test("keeps nothing of what broke off", async () => {
      await using at = await makeScene();
      async function* breaking() {
        yield bytes("half");
        throw new Error("broken off");
      }
      await expect(at.store.write(breaking())).rejects.toThrow("broken off");
      expect(await at.list()).toEqual([]);
    });

    test("keeps one of many that bring the same at once", async () => {
      await using at = await makeScene();
      const all = await Promise.all(
        Array.from({ length: 8 }, () => at.store.write([bytes("the same")])),
      );
      expect(new Set(all.map(({ id }) => id))).toEqual(new Set([hashBlob("the same")]));
      expect((await at.list()).length).toBe(1);
    });
  });
}
