import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { freePort } from "../support/free-port.ts";
import { gate } from "../support/gate.ts";
import { startNginx } from "../support/nginx.ts";
import { compiledProgram } from "../support/program.ts";
import { testService } from "../support/service.ts";
import { newPerson } from "../sync/person.ts";
import { addWork } from "../sync/work.ts";

const page = readFileSync("docs/deploy.md", "utf8");
const block = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m").exec(page)?.[1] ?? "";

gate(
  "large transcripts pass the nginx of docs/deploy.md, also below /at/",
  { needs: ["nginx"] },
  async () => {
    await using service = await testService();
    const account = await service.account("acme/app");
    using directory = temporaryDirectory();
    const port = freePort();
    const server = block("nginx")
      .replace("listen 443 ssl", `listen 127.0.0.1:${port}`)
      .replaceAll(/^ *ssl_certificate.*\n/gm, "")
      .replaceAll("http://127.0.0.1:5080", service.url);
    await using nginx = startNginx({ directory: directory.path, http: server });
    const url = `http://127.0.0.1:${port}`;
    await untilAnswered(`${url}/health`, nginx.exited);
    await exchangeThrough(url, account.token);
    nginx.kill();
  },
);

gate(
  "large transcripts pass the Caddy of docs/deploy.md, also below /at/",
  { needs: ["caddy"] },
  async () => {
    await using service = await testService();
    const account = await service.account("acme/app");
    using directory = temporaryDirectory();
    const url = `http://127.0.0.1:${freePort()}`;
    const site = block("caddy")
      .replace("traces.example.com", url)
      .replace("127.0.0.1:5080", new URL(service.url).host);
    const file = join(directory.path, "Caddyfile");
    writeFileSync(file, `{\nadmin off\n}\n${site}`);
    await using caddy = Bun.spawn(["caddy", "run", "--adapter", "caddyfile", "--config", file], {
      stdout: "ignore",
      stderr: "ignore",
      env: { PATH: process.env["PATH"] ?? "", HOME: directory.path },
    });
    await untilAnswered(`${url}/health`, caddy.exited);
    await exchangeThrough(url, account.token);
    caddy.kill();
  },
);

/** Large transcripts go through a proxy and are read again, in both forms of an address. */
async function exchangeThrough(url: string, token: string): Promise<void> {
  for (const path of ["acme/app", "at/acme/app"]) {
    using person = await newPerson();
    const remote = ["remote", "add", "origin", `${url}/${path}`, "--token", token];
    expect(await person.type(remote)).toMatchObject({ exitCode: 0, stderr: "" });
    addWork(person, `work${path.length}`, incompressible());
    expect((await person.type(["sync"])).exitCode).toBe(0);
    expect((await person.type(["doctor"])).stdout).toContain("Remote 'origin' token matches URL");
  }
}

/** 3 MiB that stay 2 MiB and more however they are compressed: nginx takes 1 MiB unless told otherwise. */
function incompressible(): string {
  const bytes = Buffer.alloc(3 * 1024 * 1024);
  for (let at = 0; at < bytes.length; at += 65_536)
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes.toString("base64");
}

/** Tries until the server is up, or has ended. */
async function untilAnswered(url: string, ended: Promise<number>): Promise<void> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  for (;;) {
    try {
      if ((await fetch(url, { proxy: undefined })).ok) return;
    } catch {
      if (isOver) throw new Error("the server ended before it answered");
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

gate("the unit of docs/deploy.md is one that systemd takes", { needs: ["systemd-analyze"] }, () => {
  using directory = temporaryDirectory();
  const unit = block("ini")
    .replaceAll("/usr/local/bin/agent-trace", compiledProgram())
    .replace("User=agent-trace", "User=root")
    .replace("/etc/agent-trace.env", "-/etc/agent-trace.env");
  const file = join(directory.path, "agent-trace.service");
  writeFileSync(file, unit);
  const { exitCode, stderr } = Bun.spawnSync(["systemd-analyze", "verify", "--man=no", file]);
  expect({ exitCode, told: stderr.toString() }).toEqual({ exitCode: 0, told: "" });
});

test("a backup as docs/deploy.md makes it, put back, is what was there", async () => {
  using directory = temporaryDirectory();
  const [backup, data] = ["backup", "restored"].map((name) => join(directory.path, name));
  await using service = await testService();
  const account = await service.account("acme/app");
  using ada = await newPerson();
  await ada.type(["remote", "add", "origin", account.remote, "--token", account.token]);
  addWork(ada, "work", "w".repeat(400_000));
  expect((await ada.type(["push", "--full"])).exitCode).toBe(0);
  for (const what of ["backup", "restore"]) {
    const words = new RegExp(`agent-trace (admin ${what} .*)$`, "m").exec(page)?.[1] ?? "";
    const line = words
      .replace("/backup/agent-trace", backup ?? "")
      .replace("/var/lib/agent-trace", (what === "backup" ? service.data : data) ?? "");
    const outcome = await cli(line.split(" "), { home: directory.path });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
  }
  await using restored = await testService({ data: data ?? "" });
  using bob = await newPerson();
  const remote = account.remote.replace(service.url, restored.url);
  await bob.type(["remote", "add", "origin", remote, "--token", account.token]);
  expect((await bob.type(["pull"])).exitCode).toBe(0);
  expect(readFileSync(bob.paths.traces, "utf8")).toBe(readFileSync(ada.paths.traces, "utf8"));
});
