/** Traces of ten lines into and out of one service process: rows a second, and what the process took for it. */
import { temporaryDirectory } from "../support/directories.ts";
import { serverProcess } from "../support/server-process.ts";

const rows = Number(process.argv[2] ?? 100_000);
const writers = Number(process.argv[3] ?? 2);

function trace(number: number): string {
  const hash = (line: number): string =>
    `sha256:${new Bun.CryptoHasher("sha256").update(`${number} ${line}`).digest("hex")}`;
  return JSON.stringify({
    version: "0.1",
    id: crypto.randomUUID(),
    timestamp: "2026-02-10T12:00:00.123456+00:00",
    tool: { name: "claude-code", version: "2.1.0" },
    files: [
      {
        path: `src/some/where/file-${number % 100}.ts`,
        conversations: [
          {
            contributor: { type: "ai", model_id: "anthropic/claude-opus-4-5" },
            id: hash(0).slice(7),
            content_sha256: hash(1).slice(7),
            ranges: [
              {
                start_line: number,
                end_line: number + 9,
                content_hash: hash(2),
                line_hashes: Array.from({ length: 10 }, (_, at) => ({
                  line_offset: at,
                  hash: hash(at),
                })),
              },
            ],
          },
        ],
      },
    ],
    vcs: { type: "git", revision: hash(3).slice(7, 47) },
    metadata: { session_id: crypto.randomUUID(), tool_use_id: "toolu_01ABCDEFGHIJKLMNOP" },
  });
}

using directory = temporaryDirectory();
const server = await serverProcess(directory.path, {
  flags: ["--bootstrap", "acme/app", "--rate-limit", "0", "--quiet"],
});
const headers = { Authorization: `Bearer ${String(server.answer["token"])}` };
const batches: Uint8Array[] = [];
for (let at = 0; at < rows; at += 500) {
  const items = Array.from({ length: Math.min(500, rows - at) }, (_, index) => trace(at + index));
  batches.push(new TextEncoder().encode(`{"project_id":"app","items":[${items.join(",")}]}`));
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${server.url}${path}`, {
    ...init,
    headers: { ...headers, "Accept-Encoding": "identity" },
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}

function cpuSeconds(): number {
  const stat = require("node:fs").readFileSync(
    `/proc/${server.process.pid}/stat`,
    "utf8",
  ) as string;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measure(name: string, work: () => Promise<number>): Promise<void> {
  const [started, cpu] = [performance.now(), cpuSeconds()];
  const count = await work();
  const seconds = (performance.now() - started) / 1000;
  const rate = Math.round(count / seconds).toLocaleString("en");
  const busy = Math.round(((cpuSeconds() - cpu) / count) * 1e7) / 10;
  process.stdout.write(`${name.padEnd(28)} ${rate.padStart(9)} rows/s  ${busy} µs CPU a row\n`);
}

async function push(bodies: readonly Uint8Array[]): Promise<number> {
  const queue = bodies.values();
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (const body of queue) {
        await (await send("/api/v1/sync/traces", { method: "POST", body: body as never })).bytes();
      }
    }),
  );
  return bodies.length * 500;
}

await measure(`new, ${writers} writers`, () => push(batches));
await measure("all there already", () => push(batches));
await measure("read, 1000 a page", async () => {
  let count = 0;
  for (let since = ""; ;) {
    const page = await send(
      `/api/v1/sync/traces?project_id=app&limit=1000&since=${encodeURIComponent(since)}`,
    );
    const bytes = Buffer.from(await page.arrayBuffer());
    const last = /"max_timestamp":"([^"]+)"/.exec(bytes.toString("latin1", bytes.length - 60))?.[1];
    if (last === undefined) return count;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
    count--;
    since = last;
  }
});
server.process.kill("SIGTERM");
await server.process.exited;
