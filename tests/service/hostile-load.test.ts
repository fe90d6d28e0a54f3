import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { temporaryDirectory } from "../support/directories.ts";
import { serverProcess } from "../support/server-process.ts";

const mib = 1024 * 1024;
const isLinux = process.platform === "linux";

/**
 * Rows as only our first version took them: each is longer than a page may be. They are written past the service and its
 * log, as half a gigabyte through either takes its time.
 */
function addHugeRows(data: string, count: number): void {
  using database = new Database(join(data, "service.db"));
  for (const pragma of ["journal_mode = OFF", "synchronous = OFF"])
    database.run(`PRAGMA ${pragma}`);
  const add = database.query(
    `INSERT INTO rows (project, resource, place, key, bytes, body)
     SELECT number, 0, ?1, ?2, length(?3) - 1 + ?4, replace(?3, '$', replace(hex(zeroblob(?4 / 2)), '0', 'x'))
     FROM projects WHERE project_id = 'app'`,
  );
  for (let at = 1; at <= count; at++) {
    add.run(at, `huge ${at}`, `{"id":"huge ${at}","text":"$"}`, 29 * mib);
  }
  database.run("PRAGMA journal_mode = WAL");
}

/** The most memory that a process has had, in MiB. */
function peakOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

test.skipIf(!isLinux)(
  "sixty readers that never read and eight bombs cost little memory, and others are served meanwhile",
  async () => {
    using directory = temporaryDirectory();
    const data = directory.path;
    const flags = ["--bootstrap", "default/app", "--rate-limit", "0", "--quiet"];
    const first = await serverProcess(data, { flags });
    const hostile = String(first.answer["token"]);
    const headers = { "X-Admin-Secret": readFileSync(join(data, "admin-secret"), "utf8").trim() };
    const made = await fetch(`${first.url}/api/v1/tokens`, { method: "POST", headers, body: "{}" });
    const { token: good } = (await made.json()) as { token: string };
    first.process.kill("SIGTERM");
    await first.process.exited;
    addHugeRows(data, 19);

    const server = await serverProcess(data, { flags });
    const { hostname, port } = new URL(server.url);
    const sockets = Array.from({ length: 60 }, () => {
      const socket = createConnection({ host: hostname, port: Number(port) });
      socket.on("error", () => {});
      socket.pause();
      socket.write(
        `GET /api/v1/sync/traces?project_id=app&limit=1000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${hostile}\r\n\r\n`,
      );
      return socket;
    });
    const bomb = Bun.gzipSync(`{"project_id":"app","items":[${"[0],".repeat(16 * mib)}`);
    const bombs = Array.from({ length: 8 }, async () => {
      const answer = await fetch(`${server.url}/api/v1/sync/traces`, {
        method: "POST",
        headers: { Authorization: `Bearer ${hostile}`, "Content-Encoding": "gzip" },
        body: bomb,
      });
      return answer.status;
    });
    const statuses = new Set<number>();
    const waits: number[] = [];
    for (let at = 0; at < 100; at++) {
      const started = performance.now();
      const answer = await fetch(`${server.url}/api/v1/sync/ledgers`, {
        method: "POST",
        headers: { Authorization: `Bearer ${good}` },
        body: `{"project_id":"app","items":[{"commit_sha":"${at}"}]}`,
      });
      await answer.text();
      statuses.add(answer.status);
      waits.push(performance.now() - started);
    }
    expect([...statuses]).toEqual([200]);
    expect([...new Set(await Promise.all(bombs))]).toEqual([413]);
    const page = await fetch(`${server.url}/api/v1/sync/traces?project_id=app&limit=1000`, {
      headers: { Authorization: `Bearer ${good}` },
    });
    expect(((await page.json()) as { items: unknown[] }).items.length).toBe(1);
    const peak = peakOf(server.process.pid);
    const p99 = waits.toSorted((a, b) => a - b)[98] ?? 0;
    console.log(`hostile load: peak ${peak.toFixed(0)} MiB, p99 of others ${p99.toFixed(0)} ms`);
    expect(peak).toBeLessThan(256);
    for (const socket of sockets) socket.destroy();
    server.process.kill("SIGKILL");
    await server.process.exited;
  },
  60_000,
);
