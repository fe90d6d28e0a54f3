import { Database } from "bun:sqlite";
import { SQL } from "bun";
import { join } from "node:path";
import { openPostgresRecords } from "../../src/service/postgres-records.ts";
import { type Records, defaultOrg } from "../../src/service/records.ts";
import { openSqliteRecords } from "../../src/service/sqlite-records.ts";
import { hasPostgres, postgresServer } from "../support/postgres.ts";
import { percentile } from "./measure.ts";
import { type Figure, ms } from "./report.ts";

/** Rows that are there when the cost is measured; the first is the floor. `AGENT_TRACE_BENCH_ROWS` adds one. */
const sizes = [10_000, 1_000_000, ...more(process.env["AGENT_TRACE_BENCH_ROWS"])];
const tenant = { orgId: defaultOrg.id, projectId: "app" };
const rounds = 60;
/** Batches before those that are measured: the first ones after a fill find nothing in memory. */
const warmUp = 60;
const filling = "x".repeat(300);

function more(text: string | undefined): number[] {
  return text === undefined ? [] : text.split(",").map(Number);
}

interface Engine {
  readonly name: string;
  readonly records: Records;
  /** Puts rows straight into the tables, from one number to another, as if they had been pushed. */
  fill(from: number, to: number): Promise<void>;
}

/** What a batch and a page cost with few and with many rows in the database. */
export async function measureScale(directory: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  figures.push(...(await measureEngine(await sqlite(directory))));
  if (!hasPostgres) throw new Error("this suite needs PostgreSQL's server on this machine");
  await using server = await postgresServer(["shared_buffers = 2GB", "max_wal_size = 16GB"]);
  figures.push(...(await measureEngine(await postgres(await server.database()))));
  return figures;
}

async function measureEngine({ name, records, fill }: Engine): Promise<Figure[]> {
  const figures: Figure[] = [];
  const floors = new Map<string, number>();
  let there = 0;
  for (const size of sizes) {
    await fill(there, size);
    there = size;
    const costs = { batch: await batches(records, `${name} ${size}`), page: await pages(records) };
    for (const [what, cost] of Object.entries(costs)) {
      const floor = floors.get(what) ?? cost;
      floors.set(what, floor);
      if (size === sizes[0]) continue;
      figures.push({
        name: `${name}, ${what} with ${size.toLocaleString("en")} rows there`,
        measured: ms(cost),
        floor: `${ms(floor)} with ${sizes[0]?.toLocaleString("en")}`,
        goal: "≤ 1.33 × floor",
        met: cost <= floor * 1.33,
      });
    }
  }
  await records.close();
  return figures;
}

/** The median cost of a batch of 500 new traces, in milliseconds. */
async function batches(records: Records, name: string): Promise<number> {
  const times: number[] = [];
  for (let round = -warmUp; round < rounds; round++) {
    const rows = Array.from({ length: 500 }, () => {
      const id = crypto.randomUUID();
      return { key: id, text: JSON.stringify({ id, name, filling }) };
    });
    const started = performance.now();
    await records.store(tenant, [{ resource: "traces", rows }], { writer: "w" });
    if (round >= 0) times.push(performance.now() - started);
  }
  return percentile(
    times.toSorted((a, b) => a - b),
    0.5,
  );
}

/** The median cost of a page of 1,000 rows somewhere among those that were filled in. */
async function pages(records: Records): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const since = 1 + ((round * 977) % 8000);
    const started = performance.now();
    const extents = await records.extents(tenant, "traces", { since, limit: 1000 });
    const range = { from: extents[0]?.place ?? 0, to: extents.at(-1)?.place ?? 0 };
    const { length } = await records.texts(tenant, "traces", range);
    times.push(performance.now() - started);
    if (extents.length !== 1000 || length < 300_000) throw new Error("the page is not whole");
  }
  return percentile(
    times.toSorted((a, b) => a - b),
    0.5,
  );
}

async function makeProject(records: Records): Promise<void> {
  const about = { name: null, description: null, created_at: 1 };
  await records.createProject({ org_id: tenant.orgId, project_id: "app", ...about });
}

async function sqlite(directory: string): Promise<Engine> {
  const path = join(directory, "service.db");
  const records = openSqliteRecords(path, () => Date.now() * 1000);
  await makeProject(records);
  return {
    name: "SQLite",
    records,
    async fill(from, to) {
      using database = new Database(path);
      database.run("PRAGMA synchronous = OFF");
      database.run("PRAGMA busy_timeout = 60000");
      database.run("BEGIN IMMEDIATE");
      database.run(
        `WITH RECURSIVE n (n) AS (SELECT ${from + 1} UNION ALL SELECT n + 1 FROM n WHERE n < ${to})
         INSERT INTO rows (number, project, resource, place, key, blob, writer, bytes, body)
         SELECT (SELECT coalesce(max(number), 0) FROM rows) + n - ${from}, 1, 0, n, hex(randomblob(16)), NULL, 'w', 340,
                '{"id":"' || n || '","filling":"${filling}"}' FROM n`,
      );
      database.run(
        `INSERT INTO keys SELECT project, resource, key, number FROM rows
         WHERE place > ${from} AND place <= ${to} ORDER BY project, resource, key`,
      );
      database.run("COMMIT");
      database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    },
  };
}

async function postgres(url: string): Promise<Engine> {
  const records = await openPostgresRecords(url, () => Date.now() * 1000);
  await makeProject(records);
  return {
    name: "PostgreSQL",
    records,
    async fill(from, to) {
      await using pool = new SQL({ url, max: 1 });
      await pool.unsafe(
        `INSERT INTO rows (org_id, project, resource, key, place, blob, writer, bytes, body)
         SELECT '${tenant.orgId}', 1, 0, convert_to(md5(n::text), 'UTF8'), n, NULL, 'w', 340,
                convert_to('{"id":"' || n || '","filling":"${filling}"}', 'UTF8')
         FROM generate_series(${from + 1}, ${to}) AS n`,
      );
      await pool.unsafe("VACUUM ANALYZE rows");
    },
  };
}
