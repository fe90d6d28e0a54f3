import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { appendFileSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { readConversationIndex } from "../../src/store/transcripts/conversation-index.ts";
import { growLiveCopy } from "../../src/store/transcripts/live-copy.ts";
import { findSnapshot } from "../../src/store/transcripts/snapshot.ts";
import { projectScene } from "../store/scene.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { exchangeClient, masking } from "../support/exchange-client.ts";
import { seeded } from "../support/random.ts";
import { testService } from "../support/service.ts";
import { transcriptsDirectory } from "../support/transcripts.ts";

const pushes = 20;
/** Bytes of all files below a directory, those of some parts left out. */
function bytesBelow(directory: string, leftOut: (path: string) => boolean = () => false): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !leftOut(path))
    .reduce((sum, path) => sum + statSync(path).size, 0);
}

/** Puts what SQLite has in its log, which has a constant size, where it stays. */
function checkpoint(path: string): void {
  using database = new Database(path);
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** The places at which a transcript is cut: behind a line, as an agent leaves its file; the last is its end. */
function cutsOf(content: Uint8Array, random: () => number): number[] {
  const places = Array.from({ length: pushes - 1 }, () => Math.ceil(random() * content.length));
  const lines = places.map((place) => content.lastIndexOf(0x0a, place) + 1 || place);
  return [...lines.sort((a, b) => a - b), content.length];
}

const directory = transcriptsDirectory();

test.skipIf(directory === undefined)(
  "real transcripts, each pushed twenty times while it grows, cost their growth on the wire and on both disks",
  async () => {
    let late = 0;
    const now = (): number => (Date.now() + late) * 1000;
    await using service = await testService({ service: { now } });
    const account = await service.account();
    using ada = projectScene();
    using bob = projectScene();
    using sources = temporaryDirectory();
    const { next } = seeded(20_261_125);
    const names = readdirSync(directory ?? "").filter((name) => name !== "manifest.json");
    const transcripts = names.map((name) => {
      const content = readFileSync(join(directory ?? "", name));
      return { path: join(sources.path, name), content, cuts: cutsOf(content, next), at: 0 };
    });
    // Across a network bodies are compressed.
    const across = { account, url: service.url, compress: true, rewrite: masking };
    let [wire, whole] = [0, 0];
    for (let round = 0; round < pushes; round++) {
      for (const transcript of transcripts) {
        const end = transcript.cuts[round] ?? transcript.content.length;
        appendFileSync(transcript.path, transcript.content.subarray(transcript.at, end));
        transcript.at = end;
        whole += end;
        if (end > 0) growLiveCopy(ada.project, { path: transcript.path });
      }
      using theirs = exchangeClient(ada.project, across);
      const { failures } = await theirs.push();
      expect(failures).toEqual([]);
      wire += theirs.remote.bytesSent;
      using ours = exchangeClient(bob.project, across);
      const pulled = await ours.pull();
      expect(pulled.failures).toEqual([]);
    }
    const [mine, theirs] = [ada, bob].map(({ project }) =>
      readConversationIndex(project, expect.unreachable),
    );
    expect(theirs).toEqual(mine ?? expect.unreachable());
    for (const { path, content } of transcripts) {
      const blob = theirs?.get(conversationIdOf(path)) ?? expect.unreachable();
      const kept = readFileSync(findSnapshot(bob.project, blob)?.path ?? "");
      expect(kept.length / content.length).toBeGreaterThan(0.9);
    }
    const database = join(service.data, "service.db");
    checkpoint(database);
    const everything = bytesBelow(service.data);
    // States that nothing points to any more go after a day.
    late = 2 * 24 * 3600 * 1000;
    expect(
      (await service.request("/api/v1/gc", { method: "POST", admin: true, body: "{}" })).status,
    ).toBe(200);
    checkpoint(database);
    const newest = transcripts.reduce((sum, { content }) => sum + content.length, 0);
    const isElsewhere = (path: string): boolean => path.includes("/live/");
    const figures = {
      wire: wire / whole,
      "service before gc": everything / newest,
      service: bytesBelow(service.data) / newest,
      writer: bytesBelow(ada.project.conversations, isElsewhere) / newest,
      reader: bytesBelow(bob.project.conversations) / newest,
    };
    const percent = Object.entries(figures).map(
      ([of, share]) => `${of} ${(share * 100).toFixed(2)} %`,
    );
    console.log(`${transcripts.length} transcripts, ${pushes} pushes: ${percent.join(", ")}`);
    expect(figures.wire).toBeLessThan(0.025);
    expect(figures.service).toBeLessThan(0.25);
    expect(figures.writer).toBeLessThan(1.1);
    expect(figures.reader).toBeLessThan(1.1);
  },
  120_000,
);
