import { SQL } from "bun";
import { expect, test } from "bun:test";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { openFileSegments } from "../../src/service/file-segments.ts";
import { openPostgresRecords } from "../../src/service/postgres-records.ts";
import { openS3Segments } from "../../src/service/s3-segments.ts";
import { openSqliteRecords } from "../../src/service/sqlite-records.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { race, service, tally, writers } from "../support/race.ts";
import { withPostgres, withS3 } from "../support/real-servers.ts";
import { type TestService, testService } from "../support/service.ts";

const rows = (ids: readonly string[]): string =>
  JSON.stringify({ project_id: "app", items: ids.map((id) => ({ id })) });

async function push(at: TestService, token: string, ids: readonly string[]): Promise<number> {
  const answer = await at.request("/api/v1/sync/traces", {
    method: "POST",
    token,
    body: rows(ids),
  });
  await answer.text();
  return answer.status;
}

/** All rows behind a place, in pages of a few. */
async function read(at: TestService, token: string, since = ""): Promise<[string[], string]> {
  const ids: string[] = [];
  for (let place = since; ;) {
    const query = `project_id=app&limit=7&since=${encodeURIComponent(place)}`;
    const answer = await at.request(`/api/v1/sync/traces?${query}`, { token });
    const page = (await answer.json()) as { items: { id: string }[]; max_timestamp: string | null };
    if (page.items.length === 0) return [ids, place];
    ids.push(...page.items.map(({ id }) => id));
    place = page.max_timestamp ?? place;
  }
}

withPostgres("a database on a server", (postgres) => {
  /** Two services over one database, as two processes have it; their clocks need not agree. */
  async function two(clocks: readonly [() => number, () => number]) {
    const url = await postgres().database();
    const directory = temporaryDirectory();
    const start = (now: () => number) =>
      testService({
        service: { now },
        stores: async () => ({
          records: await openPostgresRecords(url, now),
          segments: openFileSegments(directory.path),
        }),
      });
    const at = [await start(clocks[0]), await start(clocks[1])] as const;
    const { token } = await at[0].account();
    return {
      url,
      at,
      token,
      async [Symbol.asyncDispose]() {
        for (const one of at) await one[Symbol.asyncDispose]();
        directory[Symbol.dispose]();
      },
    };
  }

  test("gives each row one place, though clocks disagree, stand still and are set back", async () => {
    const each = 300;
    let moment = 1_700_000_000_000_000;
    await using here = await two([
      () => (moment += moment % 7 === 0 ? -86_400_000_000 : 1),
      () => 1_600_000_000_000_000,
    ]);
    const seen = await race(
      service(
        here.at.map(({ url }) => url),
        here.token,
      ),
      each,
    );
    for (const limit of [1, 7, 500]) {
      expect(tally(seen.get(limit) ?? [])).toEqual({
        distinct: writers * each,
        repeated: 0,
      });
    }
  }, 120_000);

  test("shows no row behind a place that a reader has passed while a transaction was held", async () => {
    const now = (): number => Date.now() * 1000;
    await using here = await two([now, now]);
    const [first, second] = here.at;
    await using holder = new SQL({ url: here.url, max: 1 });
    // A row of this name holds its transaction up, after it has its place, until the lock is free.
    await holder.unsafe(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$`);
    await holder.unsafe(`CREATE TRIGGER hold BEFORE INSERT ON rows FOR EACH ROW
      WHEN (convert_from(NEW.key, 'UTF8') = 'held') EXECUTE FUNCTION hold()`);
    expect(await push(first, here.token, ["before"])).toBe(200);
    await holder.unsafe("SELECT pg_advisory_lock(1)");
    const held = push(first, here.token, ["held"]);
    const waiting = async (): Promise<boolean> => {
      const [found] = (await holder.unsafe(
        "SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
      )) as [{ count: number }];
      return found.count > 0;
    };
    while (!(await waiting())) await new Promise((resolve) => setImmediate(resolve));
    const others = ["a", "b", "c"].map((id) => push(second, here.token, [id]));
    const [early, place] = await read(second, here.token);
    await holder.unsafe("SELECT pg_advisory_unlock(1)");
    expect(await Promise.all([held, ...others])).toEqual([200, 200, 200, 200]);
    const [late] = await read(second, here.token, place);
    expect([...early, ...late].toSorted()).toEqual(["a", "b", "before", "c", "held"]);
  }, 60_000);

  test("loses nothing that was acknowledged when its server processes are killed one by one", async () => {
    const now = (): number => Date.now() * 1000;
    await using here = await two([now, now]);
    await using killer = new SQL({ url: here.url, max: 1 });
    const acknowledged: string[] = [];
    const statuses = new Set<number>();
    let isOver = false;
    const write = async (writer: number): Promise<void> => {
      for (let batch = 0; !isOver; batch++) {
        const ids = Array.from({ length: 10 }, (_, row) => `${writer} ${batch} ${row}`);
        for (let status = 0; status !== 200; statuses.add(status)) {
          status = await push(here.at[writer % 2] as TestService, here.token, ids);
        }
        acknowledged.push(...ids);
      }
    };
    const writing = Promise.all([0, 1, 2, 3].map(write));
    for (let kill = 0; kill < 12; kill++) {
      const had = acknowledged.length;
      while (acknowledged.length < had + 60) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      await killer.unsafe(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2`);
    }
    isOver = true;
    await writing;
    // Whatever was refused was told to come back.
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    const [stored] = await read(here.at[0], here.token);
    expect(stored.toSorted()).toEqual(acknowledged.toSorted());
  }, 120_000);
});

/** What is wrong with an answer of the bucket. */
type Fault = "unavailable" | "half" | "lost" | undefined;

/** A bucket's server that answers each request as `fault` says. */
async function faulty(endpoint: string, fault: (method: string, number: number) => Fault) {
  let number = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of request) pieces.push(piece as Uint8Array);
    const method = request.method ?? "GET";
    const what = fault(method, number++);
    if (what === "unavailable") return void response.writeHead(503).end();
    const real = await fetch(`${endpoint}${request.url}`, {
      method,
      headers: request.headers as Record<string, string>,
      ...(pieces.length === 0 ? {} : { body: Buffer.concat(pieces) }),
    });
    const body = await real.bytes();
    // It was done, and nobody is told.
    if (what === "lost") return void response.destroy();
    response.writeHead(real.status, {
      ...Object.fromEntries(real.headers),
      "content-length": String(body.length),
    });
    if (what === undefined || body.length < 2) return void response.end(body);
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

withS3("a bucket that answers with errors, with half of the bytes, or not at all", (s3) => {
  test("loses no transcript that was acknowledged, and gives no wrong byte", async () => {
    const faults: Fault[] = ["unavailable", undefined, "half", undefined, "lost", undefined];
    await using bucket = await faulty(s3().endpoint, (method, number) => {
      const fault = faults[number % faults.length];
      // Only what is read has bytes of which half can be sent.
      return fault === "half" && method !== "GET" ? undefined : fault;
    });
    const { environment } = s3();
    using directory = temporaryDirectory();
    await using at = await testService({
      stores: async (now) => ({
        records: openSqliteRecords(join(directory.path, "service.db"), now),
        segments: openS3Segments({
          url: s3().bucket(),
          endpoint: bucket.endpoint,
          region: undefined,
          credentials: async () => ({
            accessKeyId: environment["AWS_ACCESS_KEY_ID"] ?? "",
            secretAccessKey: environment["AWS_SECRET_ACCESS_KEY"] ?? "",
          }),
        }),
      }),
    });
    const { token } = await at.account();
    const texts = Array.from({ length: 6 }, (_, n) => `${n}`.repeat(300_000 + n));
    for (const body of texts) {
      for (let status = 0; status !== 201 && status !== 200;) {
        const sent = await at.request("/api/v1/blobs", { method: "POST", token, body });
        status = sent.status;
        expect([200, 201, 503]).toContain(status);
      }
    }
    let broken = 0;
    for (const text of texts) {
      for (let whole = false; !whole;) {
        const got = await at.request(`/api/v1/blobs/${sha256Hex(text)}`, { token });
        const body = await got.text().catch(() => undefined);
        whole = got.status === 200 && body !== undefined;
        if (whole) expect(body === text).toBe(true);
        else broken++;
      }
    }
    // The faults did reach the readers.
    expect(broken).toBeGreaterThan(0);
  }, 120_000);
});
