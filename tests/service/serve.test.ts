import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { serverProcess } from "../support/server-process.ts";

describe("serve", () => {
  test("goes from nothing to a first push, keeps it, logs it, and stops with 0", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, "service");
    const first = await serverProcess(data, { flags: ["--bootstrap", "acme/app"] });
    const token = String(first.answer["token"]);
    expect(first.answer).toEqual({
      schema: "agent-trace.serve/1",
      ok: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      org: "acme",
      project: "app",
      token: expect.stringMatching(/^at_[\w-]{43}$/),
      admin_secret_path: join(data, "admin-secret"),
    });
    const headers = { Authorization: `Bearer ${token}` };
    const body = '{"project_id":"app","items":[{"id":"a"}]}';
    const sent = await fetch(`${first.url}/api/v1/sync/traces?x=1`, {
      method: "POST",
      headers,
      body,
    });
    expect(sent.status).toBe(200);
    const bytesOut = (await sent.bytes()).length;
    first.process.kill("SIGTERM");
    expect(await first.process.exited).toBe(0);
    const log = (await new Response(first.process.stderr).text()).trim().split("\n");
    const line = JSON.parse(log.at(-1) ?? "") as Record<string, unknown>;
    expect(line).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      method: "POST",
      route: "/api/v1/sync/:resource",
      path: "/api/v1/sync/traces",
      status: 200,
      duration_ms: expect.any(Number),
      bytes_in: body.length,
      bytes_out: bytesOut,
      org: "acme",
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(log.join("\n")).not.toContain(token.slice(3));

    const second = await serverProcess(data);
    const page = await fetch(`${second.url}/api/v1/sync/traces?project_id=app`, { headers });
    expect(await page.json()).toMatchObject({ items: [{ id: "a" }] });
    const secret = readFileSync(join(data, "admin-secret"), "utf8").trim();
    const tokens = await fetch(`${second.url}/api/v1/orgs`, {
      headers: { "X-Admin-Secret": secret },
    });
    expect(tokens.status).toBe(200);
    second.process.kill("SIGINT");
    expect(await second.process.exited).toBe(0);
  });

  test("started again with the same flag makes no second token", async () => {
    using directory = temporaryDirectory();
    const flags = ["--bootstrap", "acme/app"];
    const tokens: unknown[] = [];
    for (let start = 0; start < 3; start++) {
      const server = await serverProcess(directory.path, { flags });
      tokens.push(server.answer["token"]);
      server.process.kill("SIGTERM");
      await server.process.exited;
    }
    expect(tokens).toEqual([expect.stringMatching(/^at_/), null, null]);
  });

  test("does not take an admin secret that can be guessed", async () => {
    using directory = temporaryDirectory();
    const environment = { ADMIN_SECRET: "a" };
    const outcome = await cli(["serve", "--port", "0"], { home: directory.path, environment });
    expect(outcome).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "error: `ADMIN_SECRET` must have at least 16 characters\nhint: leave it unset, and `serve` makes a good one; set to nothing, it switches admin requests off\n",
    });
  });

  test("keeps its files from others, whatever the umask", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, "service");
    const before = process.umask(0);
    const server = await serverProcess(data, { flags: ["--bootstrap", "acme/app"] }).finally(() =>
      process.umask(before),
    );
    const token = String(server.answer["token"]);
    await fetch(`${server.url}/api/v1/blobs`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: "hello",
    });
    const id = sha256Hex("hello");
    const mode = (path: string): string => (statSync(join(data, path)).mode & 0o777).toString(8);
    expect(
      [
        ".",
        "service.db",
        "service.db-wal",
        "admin-secret",
        "blobs",
        `blobs/${id.slice(0, 2)}/${readdirSync(join(data, "blobs", id.slice(0, 2)))[0]}`,
      ].map(mode),
    ).toEqual(["700", "600", "600", "600", "700", "600"]);
    server.process.kill("SIGTERM");
    await server.process.exited;
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("ends at once on a second %s", async (signal, exitCode) => {
    using directory = temporaryDirectory();
    const server = await serverProcess(directory.path, { flags: ["--bootstrap", "acme/app"] });
    const { hostname, port } = new URL(server.url);
    const socket = await Bun.connect({ hostname, port: Number(port), socket: { data() {} } });
    // An upload that never ends keeps the first signal waiting.
    socket.write(
      `POST /api/v1/blobs HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nAuthorization: Bearer ${String(server.answer["token"])}\r\n\r\nhalf`,
    );
    const isUp = (): Promise<boolean> =>
      fetch(`${server.url}/health`, { keepalive: false }).then(
        (answer) => answer.ok,
        () => false,
      );
    // Whoever is answered came behind it.
    for (let asked = 0; asked < 3; asked++) expect(await isUp()).toBe(true);
    server.process.kill(signal);
    while (await isUp());
    expect(server.process.exitCode).toBeNull();
    server.process.kill(signal);
    expect(await server.process.exited).toBe(exitCode);
    socket.end();
  });

  test("refuses a port that another service has, though both are ours", async () => {
    using directory = temporaryDirectory();
    const first = await serverProcess(join(directory.path, "first"));
    const { port } = new URL(first.url);
    const flags = ["--port", port, "--data", join(directory.path, "second")];
    const outcome = await cli(["serve", ...flags], { home: directory.path });
    expect(outcome).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `error: cannot listen on 127.0.0.1:${port} (EADDRINUSE)\nhint: choose another port with \`--port\`; \`--port 0\` takes a free one\n`,
    });
    first.process.kill("SIGTERM");
    expect(await first.process.exited).toBe(0);
  });

  test("says of a host that is none of this machine what to write instead", async () => {
    using directory = temporaryDirectory();
    const flags = ["--port", "0", "--host", "192.0.2.1", "--data", directory.path];
    const { exitCode, stderr } = await cli(["serve", ...flags], { home: directory.path });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        "error: cannot listen on 192.0.2.1:0 (EADDRNOTAVAIL)\nhint: no address of this machine: `--host 127.0.0.1` is for this machine alone, `--host 0.0.0.0` for every network it is in\n",
    });
  });

  test.each([
    [
      ["--port", "http"],
      "error: the port must be a whole number, not `http`\nhint: see `agent-trace serve --help`\n",
    ],
    [
      ["--port", "70000"],
      "error: the port 70000 is above 65535\nhint: see `agent-trace serve --help`\n",
    ],
    [
      ["--rate-limit", "-1"],
      "error: `--rate-limit` needs a value: N\nhint: a value that begins with `-` is written `--rate-limit=-1`\n",
    ],
    [
      ["--database", "mysql://me:secret@db/x"],
      "error: `--database` cannot use `mysql:`\nhint: write `--database sqlite:/absolute/path` or `--database postgres://user@host/database`\n",
    ],
    [
      ["--blobs", "gs://bucket/prefix"],
      "error: `--blobs` cannot use `gs:`\nhint: write `--blobs file:/absolute/path` or `--blobs s3://bucket/prefix`\n",
    ],
    [
      ["--blobs", "s3://B?endpoint=x"],
      "error: `--blobs` names no bucket\nhint: write `--blobs s3://bucket/prefix?endpoint=https://host&region=name`\n",
    ],
    [
      ["--bootstrap", "acme"],
      "error: `--bootstrap` takes an org and a project\nhint: write `--bootstrap acme/app`\n",
    ],
  ])("%j is a usage error, and nothing is made", async (flags, stderr) => {
    using directory = temporaryDirectory();
    const outcome = await cli(["serve", ...flags], { home: directory.path });
    expect(outcome).toEqual({ exitCode: 2, stdout: "", stderr });
    expect(readdirSync(directory.path)).toEqual([]);
  });

  test("refuses a database that is none, and leaves it as it is", async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "service.db");
    writeFileSync(path, "not a database at all, whatever its name says".repeat(10));
    const before = readFileSync(path, "utf8");
    const { exitCode, stderr } = await cli(["serve", "--port", "0", "--data", directory.path], {
      home: directory.path,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toStartWith("error: cannot open the service's database:");
    expect(readFileSync(path, "utf8")).toBe(before);
  });
});

test("serve says where it listens and where the admin secret is, never the secret", async () => {
  using directory = temporaryDirectory();
  const outcome = await cli(["serve", "--port", "0", "--data", directory.path], {
    home: directory.path,
    signal: AbortSignal.abort(),
  });
  expect(outcome).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/^Listening on http:\/\/127\.0\.0\.1:\d+\n$/),
    stderr: `The admin secret is in ${join(directory.path, "admin-secret")}\n`,
  });
});
