import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
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

/** Takes what comes as text, and sends back what is not as it should be. */
function sink(isRight: (text: string) => boolean = () => true, have = "") {
  const texts: string[] = [];
  let here = have;
  return {
    texts,
    get have() {
      return here.length;
    },
    restart: () => void (here = ""),
    async take(content: ReadableStream<Uint8Array>, from: number) {
      texts.push(here.slice(0, from) + (await new Response(content).text()));
      if (isRight(texts.at(-1) ?? "")) return;
      throw new AppError("failed", "no", { label: "digest_mismatch" });
    },
  };
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
    const into = sink();
    const state = await remote.fetchBlob(blob, into);
    expect({ state, same: into.texts[0] === large }).toEqual({ state: "saved", same: true });
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
    const into = sink();
    await real.fetchBlob(grown, into);
    expect(into.texts[0] === large + more).toBe(true);
  });

  test("gives a blob again until its bytes are the right ones", async () => {
    const remote = remoteWith();
    const blob = hashBlob("wanted");
    await remote.sendBlob(blob, new Blob(["wanted"]), () => {});
    service.misbehaviour.corruptBlobs = 2;
    const into = sink((text) => text === "wanted");
    const state = await remote.fetchBlob(blob, into);
    expect({ state, times: into.texts.length, last: into.texts.at(-1) }).toEqual({
      state: "saved",
      times: 3,
      last: "wanted",
    });
  });

  test("gives what follows a beginning, and all of it where that is another one's", async () => {
    const remote = remoteWith();
    const blob = hashBlob(large);
    await remote.sendBlob(blob, new Blob([large]), () => {});
    const received = async (have: string) => {
      const before = remote.bytesReceived;
      const into = sink((text) => text === large, have);
      expect(await remote.fetchBlob(blob, into)).toBe("saved");
      return [remote.bytesReceived - before, into.texts.length];
    };
    const most = large.length - 100;
    expect(await received(large.slice(0, most))).toEqual([100, 1]);
    expect(await received("x".repeat(most))).toEqual([100 + large.length, 2]);
    expect((await received("x".repeat(large.length + 1))).at(1)).toBe(1);
  });

  test("knows nothing of a blob that nobody sent", async () => {
    const state = await remoteWith().fetchBlob(hashBlob("never"), sink());
    expect(state).toBe("missing");
  });
});
