import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { unpackSegment } from "../../src/service/segment-frames.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { type ServerProcess, serverProcess } from "../support/server-process.ts";

const writers = 4;
const batchRows = 20;
/** The kill comes after up to so many acknowledgements, and then up to so many milliseconds. */
const [mostAnswers, mostMilliseconds] = [16, 8];

/** What clients were told is stored. */
interface Acknowledged {
  readonly batches: Set<string>;
  readonly blobs: Set<string>;
  /** Called after each acknowledgement. */
  heard(): void;
}

/** The same numbers for the same seed, so that a failure can be had again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Pushes batches and blobs until the service is gone. */
async function push(
  server: ServerProcess,
  { token, name, acknowledged }: { token: string; name: string; acknowledged: Acknowledged },
): Promise<void> {
  const post = async (path: string, body: string): Promise<void> => {
    const answer = await fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body,
    });
    await answer.text();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
  };
  try {
    for (let count = 0; ; count++) {
      const batch = `${name}-${count}`;
      const items = Array.from({ length: batchRows }, (_, row) => ({
        id: `${batch}/${row}`,
        text: "x".repeat(1000),
      }));
      await post("/api/v1/sync/traces", JSON.stringify({ project_id: "app", items }));
      acknowledged.batches.add(batch);
      acknowledged.heard();
      const blob = `${batch} ${"b".repeat(100_000)}`;
      await post("/api/v1/blobs", blob);
      acknowledged.blobs.add(sha256Hex(blob));
      acknowledged.heard();
    }
  } catch (error) {
    // An answer other than the death of the service is a failure of the test.
    if (error instanceof Error && error.message.startsWith("answered")) throw error;
  }
}

/** Kills the service so many times while clients push; then counts what it said it had and has not. */
async function killed(rounds: number, program?: string): Promise<object> {
  using directory = temporaryDirectory();
  const data = join(directory.path, "service");
  const next = random(20_260_210);
  const acknowledged: Acknowledged = { batches: new Set(), blobs: new Set(), heard: () => {} };
  const first = await serverProcess(data, { flags: ["--bootstrap", "acme/app"] });
  const token = String(first.answer["token"]);
  first.process.kill("SIGKILL");
  await first.process.exited;
  const options = { flags: ["--rate-limit", "0"], ...(program === undefined ? {} : { program }) };

  for (let round = 0; round < rounds; round++) {
    const server = await serverProcess(data, options);
    let answers = Math.floor(next() * mostAnswers) + 2;
    const wait = next() * mostMilliseconds;
    acknowledged.heard = () => {
      if (--answers === 0) setTimeout(() => server.process.kill("SIGKILL"), wait);
    };
    const pushing = Array.from({ length: writers }, (_, writer) =>
      push(server, { token, name: `${round}-${writer}`, acknowledged }),
    );
    await Promise.all(pushing);
    await server.process.exited;
  }

  const server = await serverProcess(data, { flags: ["--rate-limit", "0"] });
  const rows = new Map<string, number>();
  let repeated = 0;
  for (let since = ""; ;) {
    const page = await fetch(
      `${server.url}/api/v1/sync/traces?project_id=app&limit=1000&since=${encodeURIComponent(since)}`,
      { headers: { Authorization: `Bearer ${token}` } },
    );
    const { items, max_timestamp: last } = (await page.json()) as {
      items: { id: string }[];
      max_timestamp: string | null;
    };
    if (last === null) break;
    since = last;
    for (const { id } of items) {
      const batch = id.split("/")[0] ?? "";
      rows.set(batch, (rows.get(batch) ?? 0) + 1);
    }
  }
  for (const count of rows.values()) if (count > batchRows) repeated++;
  let lostBlobs = 0;
  for (const id of acknowledged.blobs) {
    const answer = await fetch(`${server.url}/api/v1/blobs/${id}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (sha256Hex(await answer.bytes()) !== id) lostBlobs++;
  }
  server.process.kill("SIGTERM");
  expect(await server.process.exited).toBe(0);
  const database = new Database(join(data, "service.db"));
  const integrity = database.query("PRAGMA integrity_check").get();
  database.close();
  return {
    pushed: acknowledged.batches.size > rounds && acknowledged.blobs.size > 0,
    lostBatches: [...acknowledged.batches].filter((batch) => !rows.has(batch)).length,
    halfBatches: [...rows.values()].filter((count) => count < batchRows).length,
    repeated,
    lostBlobs,
    wrongFiles: await wrongFiles(join(data, "blobs")),
    integrity,
  };
}

/** Segments under a digest's name whose bytes have another. */
async function wrongFiles(blobs: string): Promise<number> {
  let wrong = 0;
  for (const name of readdirSync(blobs, { recursive: true, encoding: "utf8" })) {
    const digest = /^[0-9a-f]{2}\/([0-9a-f]{64})\.[0-9a-f]{16}$/.exec(name)?.[1];
    if (digest === undefined) continue;
    const hasher = new Bun.CryptoHasher("sha256");
    for await (const part of unpackSegment(Bun.file(join(blobs, name)).stream(), 0)) {
      hasher.update(part);
    }
    if (hasher.digest("hex") !== digest) wrong++;
  }
  return wrong;
}

test("a service killed at 50 moments keeps all it said it had, and no half batch", async () => {
  expect(await killed(50)).toEqual({
    pushed: true,
    lostBatches: 0,
    halfBatches: 0,
    repeated: 0,
    lostBlobs: 0,
    wrongFiles: 0,
    integrity: { integrity_check: "ok" },
  });
}, 120_000);

test("one that answers before it stores loses what it said it had (control)", async () => {
  const hasty = join(import.meta.dir, "../support/hasty-server.ts");
  const { lostBatches } = (await killed(3, hasty)) as { lostBatches: number };
  expect(lostBatches).toBeGreaterThan(0);
}, 60_000);
