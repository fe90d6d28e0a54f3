import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createClient } from "../../src/remote/client.ts";
import { rehearsing } from "../../src/remote/rehearsing.ts";
import { connectService } from "../../src/remote/service-connection.ts";
import { createServiceRemote } from "../../src/remote/service-remote.ts";
import { hashBlob, sha256Hex } from "../../src/schema/digest.ts";
import type { BlobId } from "../../src/schema/ids.ts";
import { type Account, type TestService, testService } from "../support/service.ts";
import { fakeClock } from "./fake-clock.ts";

let service: TestService;
let account: Account;
beforeAll(async () => {
  service = await testService();
  account = await service.account();
});
afterAll(() => service[Symbol.asyncDispose]());

function remoteWith(options: { compress?: boolean; rehearse?: boolean } = {}) {
  const client = createClient({
    from: "remote `origin`",
    baseUrl: service.url,
    token: account.token,
    userAgent: "agent-trace/test",
    idleTimeout: 5000,
    signal: new AbortController().signal,
    clock: fakeClock(),
  });
  const { compress = false, rehearse = false } = options;
  const place = { name: "origin", url: account.remote, project: "app" };
  const connection = connectService({ ...place, client, compress });
  const remote = createServiceRemote(connection);
  return rehearse ? rehearsing(remote, connection) : remote;
}

const traces = (seed: string): string[] =>
  Array.from({ length: 200 }, (_, number) =>
    JSON.stringify({ id: `${seed}-${number}`, text: "the same words again ".repeat(20) }),
  );
const large = "a line of a transcript\n".repeat(20_000);

describe("our service as a remote", () => {
  test("takes compressed batches and blobs, a tenth of the bytes, and gives back the plain ones", async () => {
    const remote = remoteWith({ compress: true });
    const items = traces("packed");
    const plain = items.join(",\n").length;
    expect(await remote.sendBatch("traces", items)).toMatchObject({
      count: 200,
      stored: 200,
      refused: [],
    });
    const blob = hashBlob(large);
    expect(await remote.sendBlob(blob, new Blob([large]), () => {})).toBe("stored");
    expect(remote.bytesSent).toBeLessThan((plain + large.length) / 10);
    const saved: string[] = [];
    const state = await remote.fetchBlob(blob, async (content) => {
      saved.push(await new Response(content).text());
    });
    expect({ state, same: saved[0] === large }).toEqual({ state: "saved", same: true });
    const page = await remote.fetchPage("traces", null, 500);
    expect(page?.items.map(({ text }) => text)).toEqual(items);
  });

  test("says which blobs it lacks, however it is asked", async () => {
    const there = hashBlob("there");
    const missing = sha256Hex("missing") as BlobId;
    const remote = remoteWith();
    await remote.sendBlob(there, new Blob(["there"]), () => {});
    expect(await remote.missingBlobs([there, missing])).toEqual([missing]);
    const rehearsal = remoteWith({ rehearse: true });
    service.log.length = 0;
    expect(await rehearsal.missingBlobs([there, missing])).toEqual([missing]);
    expect(service.log.map(({ method }) => method)).toEqual(["GET", "HEAD", "HEAD"]);
  });

  test.each([false, true])(
    "is told nothing by a rehearsal, which measures what would go (compressed: %p)",
    async (compress) => {
      const items = traces(`rehearsed-${compress}`);
      const rehearsal = remoteWith({ rehearse: true, compress });
      const real = remoteWith({ compress });
      for (const remote of [rehearsal, real]) {
        await remote.sendBatch("traces", items);
        await remote.sendBlob(hashBlob(large), new Blob([large]), () => {});
      }
      expect(rehearsal.bytesSent).toBe(real.bytesSent);
    },
  );

  test("takes what a blob has gained, compressed, and says what it cannot build on", async () => {
    const [real, rehearsal] = [false, true].map((rehearse) =>
      remoteWith({ compress: true, rehearse }),
    );
    if (real === undefined || rehearsal === undefined) return expect.unreachable();
    const [more, base] = ["another line\n".repeat(5_000), hashBlob(large)];
    await real.sendBlob(base, new Blob([large]), () => {});
    const before = real.bytesSent;
    const growth = { base, keeps: large.length, content: new Blob([more]) };
    const grown = hashBlob(large + more);
    expect(await rehearsal.appendBlob(grown, growth, () => {})).toBe("stored");
    expect(await real.missingBlobs([grown])).toEqual([grown]);
    expect([
      await real.appendBlob(grown, growth, () => {}),
      await real.appendBlob(grown, growth, () => {}),
      await real.appendBlob(hashBlob("x"), growth, () => {}),
      await real.appendBlob(grown, { ...growth, base: hashBlob("never") }, () => {}),
      await real.appendBlob(hashBlob("y"), { ...growth, keeps: large.length + 1 }, () => {}),
    ]).toEqual(["stored", "stored", "mismatch", "unknown", "unknown"]);
    expect(real.bytesSent - before).toBeLessThan(more.length / 10);
    let read = "";
    await real.fetchBlob(
      grown,
      async (content) => void (read = await new Response(content).text()),
    );
    expect(read === large + more).toBe(true);
  });

  test("gives a blob again until its bytes are the right ones", async () => {
    const remote = remoteWith();
    const blob = hashBlob("wanted");
    await remote.sendBlob(blob, new Blob(["wanted"]), () => {});
    service.misbehaviour.corruptBlobs = 2;
    const seen: string[] = [];
    const { AppError } = await import("../../src/errors.ts");
    const state = await remote.fetchBlob(blob, async (content) => {
      seen.push(await new Response(content).text());
      if (seen.at(-1) !== "wanted")
        throw new AppError("failed", "no", { label: "digest_mismatch" });
    });
    expect({ state, times: seen.length, last: seen.at(-1) }).toEqual({
      state: "saved",
      times: 3,
      last: "wanted",
    });
  });

  test("knows nothing of a blob that nobody sent", async () => {
    const state = await remoteWith().fetchBlob(hashBlob("never"), () => expect.unreachable());
    expect(state).toBe("missing");
  });
});
