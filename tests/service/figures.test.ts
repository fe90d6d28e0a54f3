import { expect, test } from "bun:test";
import { join } from "node:path";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { withPostgres } from "../support/real-servers.ts";
import { serverProcess } from "../support/server-process.ts";

type Log = Record<string, unknown>;

/** Sends two rows and reads them, looks at the figures, and stops the process. Gives the figures and the log. */
async function session(directory: string, flags: string[]) {
  const server = await serverProcess(join(directory, "service"), {
    flags: ["--bootstrap", "acme/app", ...flags],
  });
  const headers = { Authorization: `Bearer ${String(server.answer["token"])}` };
  const address = `${server.url}/api/v1/sync/traces`;
  const body = '{"project_id":"app","items":[{"id":"a"},{"id":"b"}]}';
  for (const _ of [1, 2]) await (await fetch(address, { method: "POST", headers, body })).text();
  await (await fetch(`${address}?project_id=app`, { headers })).text();
  const figures = await fetch(String(server.answer["metrics_url"] ?? `${server.url}/metrics`));
  const elsewhere = await fetch(new URL("/health", figures.url));
  const text = await figures.text();
  server.process.kill("SIGTERM");
  expect(await server.process.exited).toBe(0);
  const log = (await new Response(server.process.stderr).text())
    .trim()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Log);
  return { status: figures.status, text, elsewhere: elsewhere.status, log, server };
}

test("figures are given on a port of their own to who holds no secret, and nothing else is", async () => {
  using directory = temporaryDirectory();
  const { status, text, elsewhere } = await session(directory.path, ["--metrics-port", "0"]);
  expect([status, elsewhere]).toEqual([200, 404]);
  expect(text).toContain('agent_trace_rows_total{direction="stored",resource="traces"} 2\n');
  expect(text).toContain('agent_trace_rows_total{direction="sent",resource="traces"} 2\n');
  expect(text).toContain('agent_trace_database_seconds_count{operation="store"} 2\n');
  expect(text).toContain("agent_trace_database_failures_total 0\n");
});

test("without such a port the figures ask for the admin secret", async () => {
  using directory = temporaryDirectory();
  const { status, server } = await session(directory.path, []);
  expect([status, server.answer["metrics_url"]]).toEqual([403, undefined]);
});

test("a statement of the database that takes long is logged, without its values", async () => {
  using directory = temporaryDirectory();
  const { log, server } = await session(directory.path, ["--log-sql-slow", "0"]);
  const slow = log.filter((line) => "slow_sql" in line);
  expect(slow).toContainEqual({
    time: expect.stringMatching(/Z$/),
    slow_sql: expect.stringMatching(/^INSERT INTO rows/),
    duration_ms: expect.any(Number),
  });
  expect(slow.map((line) => line["slow_sql"])).toContain("COMMIT");
  expect(JSON.stringify(slow)).not.toContain(String(server.answer["token"]).slice(3));
  const quick = await session(join(directory.path, "other"), ["--log-sql-slow", "3600000"]);
  expect(quick.log.filter((line) => "slow_sql" in line)).toEqual([]);
});

withPostgres("with a database on a server", (postgres) => {
  test("the same is logged", async () => {
    using directory = temporaryDirectory();
    const flags = ["--log-sql-slow", "0", "--database", await postgres().database()];
    const { log } = await session(directory.path, flags);
    expect(log.map((line) => line["slow_sql"])).toContainEqual(
      expect.stringMatching(/INSERT INTO rows/),
    );
  });
});

test("a port for figures that is taken ends the start, and says which option to change", async () => {
  using directory = temporaryDirectory();
  const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const flags = ["serve", "--port", "0", "--metrics-port", String(taken.port)];
  const outcome = await cli(flags, { home: directory.path });
  taken.stop(true);
  expect(outcome).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--metrics-port") });
});
