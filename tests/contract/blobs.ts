import { describe, expect, test } from "bun:test";
import type { BlobId } from "../../src/schema/ids.ts";
import { hashBlob, sha256Hex } from "../../src/schema/digest.ts";
import { type Blobs, openBlobs } from "../../src/service/blobs.ts";
import { type BlobScope, type Records, defaultOrg } from "../../src/service/records.ts";
import type { SegmentStore } from "../../src/service/segment-store.ts";

export interface BlobsScene extends AsyncDisposable {
  readonly records: Records;
  readonly segments: SegmentStore;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const scope: BlobScope = { orgId: defaultOrg.id, projectId: null };
/** What no compression makes small, the same at every run. */
function noise(length: number, seed: string): Uint8Array {
  const parts: Buffer[] = [];
  for (let at = 0; at * 32 < length; at++)
    parts.push(Buffer.from(sha256Hex(`${seed}${at}`), "hex"));
  return Buffer.concat(parts).subarray(0, length);
}

/** What blobs must do over any database and any place for segments. */
export function blobsContract(kind: string, makeScene: () => Promise<BlobsScene>): void {
  describe(`blobs over ${kind}`, () => {
    async function scene() {
      const made = await makeScene();
      const blobs = openBlobs(made.records, made.segments);
      const text = async (id: BlobId, from = 0, to?: number) => {
        const size = (await made.records.storedBlob(scope.orgId, id))?.size ?? 0;
        const chunks: Uint8Array[] = [];
        for await (const chunk of blobs.read(scope.orgId, id, { from, to: to ?? size })) {
          chunks.push(Uint8Array.from(chunk));
        }
        return Buffer.concat(chunks);
      };
      const names = async () => {
        const all: string[] = [];
        for await (const { name } of made.segments.list()) all.push(name);
        return all;
      };
      return { ...made, blobs, text, names };
    }
    const append = (
      blobs: Blobs,
      base: BlobId,
      body: Uint8Array,
      rest: { offset: number; whole: Uint8Array },
    ) => blobs.append(scope, { base, offset: rest.offset, body, result: hashBlob(rest.whole) });

    test("come back under their digest, the empty one too", async () => {
      await using at = await scene();
      const written = await at.blobs.write(scope, [bytes("one "), bytes(""), bytes("two")]);
      expect(written).toEqual({ id: hashBlob("one two"), size: 7 });
      expect((await at.text(written.id)).toString()).toBe("one two");
      expect((await at.text(written.id, 2, 6)).toString()).toBe("e tw");
      const empty = await at.blobs.write(scope, []);
      expect(empty).toEqual({ id: hashBlob(""), size: 0 });
      expect((await at.text(empty.id)).length).toBe(0);
      const known = await at.blobs.present(scope, [written.id, empty.id, hashBlob("x")]);
      expect([...known.keys()]).toEqual([written.id, empty.id]);
    });

    test("of several segments are read from any byte to any other", async () => {
      await using at = await scene();
      const large = noise(17 * 1024 * 1024 + 5, "large");
      const { id } = await at.blobs.write(scope, [large.subarray(0, 9e6), large.subarray(9e6)]);
      expect((await at.names()).length).toBe(2);
      const mib = 1024 * 1024;
      for (const [from, to] of [
        [0, large.length],
        [mib - 1, mib + 1],
        [16 * mib - 3, 16 * mib + 3],
        [large.length - 1, large.length],
      ] as const) {
        expect(sha256Hex(await at.text(id, from, to))).toBe(sha256Hex(large.subarray(from, to)));
      }
    });

    test("leave nothing of what broke off", async () => {
      await using at = await scene();
      async function* breaking() {
        yield noise(16 * 1024 * 1024, "x");
        yield bytes("half");
        throw new Error("broken off");
      }
      await expect(at.blobs.write(scope, breaking())).rejects.toThrow("broken off");
      expect(await at.names()).toEqual([]);
    });

    test("are kept once, however many bring the same at once", async () => {
      await using at = await scene();
      await Promise.all(Array.from({ length: 8 }, () => at.blobs.write(scope, [bytes("same")])));
      expect((await at.names()).length).toBe(1);
      expect((await at.text(hashBlob("same"))).toString()).toBe("same");
    });

    test("grow at the cost of what is new, and every former state can still be read", async () => {
      await using at = await scene();
      const whole = noise(400_000, "growing");
      const cuts = Array.from({ length: 40 }, (_, step) => (step + 1) * 10_000);
      let last = (await at.blobs.write(scope, [whole.subarray(0, cuts[0])])).id;
      for (const [step, cut] of cuts.slice(1).entries()) {
        const offset = cuts[step] ?? 0;
        const grown = whole.subarray(0, cut);
        const outcome = await append(at.blobs, last, whole.subarray(offset, cut), {
          offset,
          whole: grown,
        });
        expect(outcome).toEqual({ blob: { id: hashBlob(grown), size: cut } });
        last = hashBlob(grown);
      }
      for (const cut of cuts) {
        const part = whole.subarray(0, cut);
        expect(sha256Hex(await at.text(hashBlob(part)))).toBe(hashBlob(part));
      }
      const parts = (await at.records.storedBlob(scope.orgId, last))?.parts ?? [];
      expect(parts.length).toBeLessThanOrEqual(7);
      // All forty states together take little more than the last: what was merged serves the former ones too.
      let stored = 0;
      for (const name of await at.names()) {
        stored += (await new Response(await at.segments.read(name, 0)).bytes()).length;
      }
      expect(stored).toBeLessThan(1.1 * whole.length);
    });

    test("may have their end rewritten", async () => {
      await using at = await scene();
      const base = await at.blobs.write(scope, [bytes("line one\nhalf a li")]);
      const whole = bytes("line one\na whole line\n");
      const outcome = await append(at.blobs, base.id, bytes("a whole line\n"), {
        offset: 9,
        whole,
      });
      expect(outcome).toEqual({ blob: { id: hashBlob(whole), size: whole.length } });
      expect((await at.text(hashBlob(whole))).toString()).toBe("line one\na whole line\n");
      expect((await at.text(base.id)).toString()).toBe("line one\nhalf a li");
      const from = await append(at.blobs, base.id, bytes("anew"), {
        offset: 0,
        whole: bytes("anew"),
      });
      expect(from).toEqual({ blob: { id: hashBlob("anew"), size: 4 } });
    });

    test("are not kept under a digest that is not theirs, nor after a base that is not there", async () => {
      await using at = await scene();
      const base = await at.blobs.write(scope, [bytes("base")]);
      const wrong = { offset: 4, whole: bytes("other") };
      expect(await append(at.blobs, base.id, bytes("!"), wrong)).toEqual({
        failed: "digest_mismatch",
      });
      const none = { offset: 0, whole: bytes("!") };
      expect(await append(at.blobs, hashBlob("none"), bytes("!"), none)).toEqual({
        failed: "base_gone",
      });
      expect((await at.names()).length).toBe(1);
    });

    test("branch from one base at once, and all of them can be read", async () => {
      await using at = await scene();
      const start = noise(3000, "branch");
      const base = await at.blobs.write(scope, [start]);
      const grown = Array.from({ length: 12 }, (_, number) => noise(1500 + number, `of ${number}`));
      const outcomes = await Promise.all(
        grown.map((more) =>
          append(at.blobs, base.id, more, {
            offset: start.length,
            whole: Buffer.concat([start, more]),
          }),
        ),
      );
      for (const [number, outcome] of outcomes.entries()) {
        const whole = Buffer.concat([start, grown[number] ?? start]);
        if (!("blob" in outcome)) expect(outcome).toEqual({ failed: "busy" });
        else expect(sha256Hex(await at.text(hashBlob(whole)))).toBe(hashBlob(whole));
      }
      expect(sha256Hex(await at.text(base.id))).toBe(base.id);
    });

    test("whose bytes were lost may be sent again", async () => {
      await using at = await scene();
      const { id } = await at.blobs.write(scope, [bytes("precious")]);
      for (const name of await at.names()) await at.segments.delete(name);
      await expect(at.text(id)).rejects.toThrow("is not there");
      expect((await at.blobs.present(scope, [id])).size).toBe(0);
      await at.blobs.write(scope, [bytes("precious")]);
      expect((await at.text(id)).toString()).toBe("precious");
    });
  });
}
