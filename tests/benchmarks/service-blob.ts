/** One large blob up and down: the peak memory of the service's process, and the rate. */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../support/directories.ts";
import { serverProcess } from "../support/server-process.ts";

const mebibytes = Number(process.argv[2] ?? 1024);

using directory = temporaryDirectory();
const path = join(directory.path, "large");
const descriptor = openSync(path, "w");
const hasher = new Bun.CryptoHasher("sha256");
for (let at = 0; at < mebibytes; at++) {
  const piece = crypto.getRandomValues(new Uint8Array(65536));
  for (let part = 0; part < 16; part++) {
    writeSync(descriptor, piece);
    hasher.update(piece);
  }
}
closeSync(descriptor);
const id = hasher.digest("hex");

const server = await serverProcess(join(directory.path, "service"), {
  flags: ["--bootstrap", "acme/app", "--quiet"],
  environment: { BLOB_MAX_BYTES: String(2 ** 40) },
});
const headers = { Authorization: `Bearer ${String(server.answer["token"])}` };
const peak = (): string => {
  const status = readFileSync(`/proc/${server.process.pid}/status`, "utf8");
  return `${Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024)} MiB`;
};

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  const result = await work();
  const rate = Math.round(mebibytes / ((performance.now() - started) / 1000));
  process.stdout.write(`${name.padEnd(10)} ${rate} MiB/s  peak ${peak()}  ${String(result)}\n`);
}

process.stdout.write(`idle       peak ${peak()}\n`);
await measure("upload", async () => {
  const answer = await fetch(`${server.url}/api/v1/blobs`, {
    method: "POST",
    headers,
    body: Bun.file(path),
  });
  const stored = (await answer.json()) as { sha256: string };
  return stored.sha256 === id ? "stored" : `wrong: ${JSON.stringify(stored)}`;
});
await measure("download", async () => {
  const answer = await fetch(`${server.url}/api/v1/blobs/${id}`, { headers });
  const received = new Bun.CryptoHasher("sha256");
  for await (const chunk of answer.body ?? []) received.update(chunk);
  return received.digest("hex") === id ? "the same" : "wrong";
});
server.process.kill("SIGTERM");
await server.process.exited;
