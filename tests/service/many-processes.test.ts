import { expect, test } from "bun:test";
import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { freePort } from "../support/free-port.ts";
import { gate } from "../support/gate.ts";
import { startNginx } from "../support/nginx.ts";
import { race, rowsPerWriter, service, tally, writers } from "../support/race.ts";
import { withPostgres, withS3 } from "../support/real-servers.ts";
import { type ServerProcess, serverProcess } from "../support/server-process.ts";

const adminSecret = "a secret of sixteen and more";
const admin = { "X-Admin-Secret": adminSecret };

/** So many processes of the service over one database and, where it is named, one bucket. */
async function processes(
  count: number,
  options: { database: string; blobs?: string; environment?: Record<string, string> },
) {
  const directory = temporaryDirectory();
  const started: ServerProcess[] = [];
  const start = async (number: number, port = 0): Promise<ServerProcess> => {
    const data = join(directory.path, String(number));
    const blobs =
      options.blobs === undefined ? `file:${join(directory.path, "blobs")}` : options.blobs;
    const made = await serverProcess(data, {
      flags: [
        "--database",
        options.database,
        "--blobs",
        blobs,
        "--rate-limit",
        "0",
        "--quiet",
        "--port",
        String(port),
      ],
      environment: { ADMIN_SECRET: adminSecret, ...options.environment },
    });
    started[number] = made;
    return made;
  };
  for (let number = 0; number < count; number++) await start(number);
  const url = started[0]?.url ?? "";
  const create = async (path: string, body: object) =>
    (
      await fetch(`${url}${path}`, { method: "POST", headers: admin, body: JSON.stringify(body) })
    ).json();
  await create("/api/v1/projects", { project_id: "app" });
  const { token } = (await create("/api/v1/tokens", {})) as { token: string };
  return {
    start,
    started,
    token,
    urls: started.map((one) => one.url),
    async [Symbol.asyncDispose]() {
      for (const { process } of started) {
        process.kill("SIGKILL");
        await process.exited;
      }
      directory[Symbol.dispose]();
    },
  };
}

withPostgres("several processes over one database", (postgres) => {
  test("let a reader see each of 12,000 rows exactly once, whichever process wrote or answers", async () => {
    await using at = await processes(2, { database: await postgres().database() });
    const seen = await race(service(at.urls, at.token));
    for (const limit of [1, 7, 500]) {
      expect(tally(seen.get(limit) ?? [])).toEqual({
        distinct: writers * rowsPerWriter,
        repeated: 0,
      });
    }
  }, 120_000);

  test("lose nothing that was acknowledged when the database's server dies, and go on by themselves", async () => {
    await using at = await processes(2, { database: await postgres().database() });
    const headers = { Authorization: `Bearer ${at.token}` };
    const acknowledged: string[] = [];
    const refused = new Set<number>();
    let isOver = false;
    const write = async (writer: number): Promise<void> => {
      for (let batch = 0; !isOver; batch++) {
        const ids = Array.from({ length: 20 }, (_, row) => `${writer} ${batch} ${row}`);
        const body = JSON.stringify({ project_id: "app", items: ids.map((id) => ({ id })) });
        for (;;) {
          const url = `${at.urls[writer % 2]}/api/v1/sync/traces`;
          const answer = await fetch(url, { method: "POST", headers, body });
          await answer.text();
          if (answer.ok) break;
          refused.add(answer.status);
        }
        acknowledged.push(...ids);
      }
    };
    const writing = Promise.all([0, 1, 2, 3].map(write));
    const until = async (count: number): Promise<void> => {
      while (acknowledged.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    await until(1000);
    for (let crash = 0; crash < 2; crash++) {
      const had = acknowledged.length;
      postgres().crash();
      postgres().start();
      await until(had + 1000);
    }
    isOver = true;
    await writing;
    // What was refused was told to come back.
    expect([...refused].filter((status) => status !== 503)).toEqual([]);
    const stored: string[] = [];
    for (let since = ""; ;) {
      const query = `project_id=app&limit=1000&since=${encodeURIComponent(since)}`;
      const answer = await fetch(`${at.urls[0]}/api/v1/sync/traces?${query}`, { headers });
      const page = (await answer.json()) as { items: { id: string }[]; max_timestamp: string };
      if (page.items.length === 0) break;
      stored.push(...page.items.map(({ id }) => id));
      since = page.max_timestamp;
    }
    expect(new Set(stored).size).toBe(stored.length);
    expect(new Set(stored)).toEqual(new Set(acknowledged));
  }, 120_000);

  gate(
    "stand behind PgBouncer in transaction mode",
    { needs: ["pgbouncer"], part: "postgres" },
    async () => {
      using directory = temporaryDirectory();
      const database = new URL(await postgres().database());
      const port = freePort();
      const home = join(directory.path, "pgbouncer");
      mkdirSync(home);
      const name = database.pathname.slice(1);
      writeFileSync(
        join(home, "pgbouncer.ini"),
        `[databases]\n${name} = host=127.0.0.1 port=${database.port} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nunix_socket_dir =\nignore_startup_parameters = extra_float_digits,options\n`,
      );
      const isRoot = process.getuid?.() === 0;
      if (isRoot) {
        Bun.spawnSync(["chmod", "711", directory.path]);
        const id = Number(Bun.spawnSync(["id", "-u", "postgres"]).stdout.toString());
        chownSync(home, id, id);
      }
      await using bouncer = Bun.spawn(
        ["pgbouncer", ...(isRoot ? ["-u", "postgres"] : []), join(home, "pgbouncer.ini")],
        { stdout: "ignore", stderr: "ignore" },
      );
      for (;;) {
        const isUp = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).then(
          (socket) => (socket.end(), true),
          () => false,
        );
        if (isUp) break;
        if (bouncer.exitCode !== null) throw new Error("pgbouncer did not start");
        await new Promise((resolve) => setImmediate(resolve));
      }
      await using at = await processes(2, {
        database: `postgres://postgres@127.0.0.1:${port}/${name}`,
      });
      const headers = { Authorization: `Bearer ${at.token}` };
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, number) =>
          fetch(`${at.urls[number % 2]}/api/v1/sync/ledgers`, {
            method: "POST",
            headers,
            body: JSON.stringify({
              project_id: "app",
              items: [{ commit_sha: `${number % 10}`, number }],
            }),
          }),
        ),
      );
      expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
      const page = await fetch(`${at.urls[1]}/api/v1/sync/ledgers?project_id=app`, { headers });
      expect(((await page.json()) as { items: unknown[] }).items.length).toBe(10);
      bouncer.kill();
    },
  );

  withS3("and one bucket", (s3) => {
    test("answer 503 for transcripts while the bucket is away, go on with rows, and recover", async () => {
      const { environment } = s3();
      const blobs = s3().bucket();
      const database = await postgres().database();
      await using at = await processes(2, { database, blobs, environment });
      const headers = { Authorization: `Bearer ${at.token}` };
      const upload = (text: string, url = at.urls[0]) =>
        fetch(`${url}/api/v1/blobs`, { method: "POST", headers, body: text });
      expect((await upload("one")).status).toBe(201);
      await s3().kill();
      const refused = await upload("two");
      expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "5"]);
      const body = '{"project_id":"app","items":[{"id":"a"}]}';
      const rows = await fetch(`${at.urls[1]}/api/v1/sync/traces`, {
        method: "POST",
        headers,
        body,
      });
      expect(rows.status).toBe(200);
      const health = await fetch(`${at.urls[0]}/health`);
      expect([health.status, await health.json()]).toMatchObject([200, { blobs: "unavailable" }]);
      await s3().start();
      expect((await upload("two")).status).toBe(201);
      // What one process took the other one gives.
      const read = await fetch(`${at.urls[1]}/api/v1/blobs/${sha256Hex("two")}`, { headers });
      expect(await read.text()).toBe("two");
    }, 60_000);
  });

  gate(
    "restart one after the other behind nginx, and no request fails",
    { needs: ["nginx"], part: "postgres", timeout: 60_000 },
    async () => {
      using directory = temporaryDirectory();
      await using at = await processes(3, { database: await postgres().database() });
      const port = freePort();
      const ports = at.urls.map((url) => new URL(url).port);
      await using nginx = startNginx({
        directory: directory.path,
        http: `upstream services { ${ports.map((one) => `server 127.0.0.1:${one} max_fails=0;`).join(" ")} }
server { listen 127.0.0.1:${port}; client_max_body_size 128m;
location / { proxy_pass http://services; proxy_http_version 1.1; proxy_next_upstream error timeout http_502 http_503 non_idempotent; } }`,
      });
      const url = `http://127.0.0.1:${port}`;
      while (
        !(await fetch(`${url}/health`).then(
          (answer) => answer.ok,
          () => false,
        ))
      ) {
        if (nginx.exitCode !== null) throw new Error("nginx did not start");
      }
      const headers = { Authorization: `Bearer ${at.token}` };
      const statuses = new Map<number, number>();
      let isOver = false;
      const write = async (writer: number): Promise<void> => {
        for (let batch = 0; !isOver; batch++) {
          const body = JSON.stringify({ project_id: "app", items: [{ id: `${writer} ${batch}` }] });
          const answer = await fetch(`${url}/api/v1/sync/traces`, {
            method: "POST",
            headers,
            body,
          });
          await answer.text();
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        }
      };
      const writing = Promise.all([0, 1, 2, 3].map(write));
      for (const [number, one] of [...at.started].entries()) {
        one.process.kill("SIGTERM");
        expect(await one.process.exited).toBe(0);
        await at.start(number, Number(ports[number]));
      }
      isOver = true;
      await writing;
      expect([...statuses.keys()]).toEqual([200]);
      nginx.kill();
    },
  );
});
