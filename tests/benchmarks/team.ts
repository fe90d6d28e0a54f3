import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { hasPostgres, postgresServer } from "../support/postgres.ts";
import { hasS3Server, s3Server } from "../support/s3-server.ts";
import { serverProcess } from "../support/server-process.ts";
import { type Figure, mib, ms, perSecond, ratio } from "./report.ts";

const adminSecret = "a secret of sixteen and more";
const batchRows = 500;

/** A batch of traces of ten lines, some 1.5 KiB each. */
function batch(name: string): string {
  const rows = Array.from({ length: batchRows }, (_, number) => {
    const hash = (line: number): string => `sha256:${sha256Hex(`${name} ${number} ${line}`)}`;
    const lines = Array.from({ length: 10 }, (__, line) => ({
      line_offset: line,
      hash: hash(line),
    }));
    const range = { start_line: 1, end_line: 10, line_hashes: lines };
    const contributor = { type: "ai", model_id: "anthropic/claude-sonnet-4-5" };
    const conversation = { contributor, ranges: [range], id: sha256Hex(`${name} ${number >> 7}`) };
    return JSON.stringify({
      id: `${name} ${number}`,
      timestamp: "2026-02-10T12:00:00.123456+00:00",
      tool: { name: "claude-code", version: "2.1.3" },
      files: [{ path: "src/a.ts", conversations: [conversation] }],
    });
  });
  return `{"project_id":"app","items":[\n${rows.join(",\n")}\n]}`;
}

/** Rows, transcripts and many clients over PostgreSQL and an S3 server, both on this machine. */
export async function measureTeam(directory: string): Promise<Figure[]> {
  if (!hasPostgres || !hasS3Server) {
    throw new Error("this suite needs PostgreSQL's server and versitygw on this machine");
  }
  await using postgres = await postgresServer();
  await using s3 = await s3Server();
  const bucket = s3.bucket();
  const server = await serverProcess(join(directory, "data"), {
    flags: [
      "--database",
      await postgres.database(),
      "--blobs",
      bucket,
      "--rate-limit",
      "0",
      "--quiet",
    ],
    environment: { ADMIN_SECRET: adminSecret, ...s3.environment },
  });
  const admin = async (path: string, body: object): Promise<Record<string, string>> => {
    const answer = await fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { "X-Admin-Secret": adminSecret },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, string>;
  };
  const tenants: { token: string }[] = [];
  for (let number = 0; number < 4; number++) {
    const org = await admin("/api/v1/orgs", { slug: `org${number}` });
    await admin("/api/v1/projects", { org_slug: `org${number}`, project_id: "app" });
    const made = await admin("/api/v1/tokens", { org_id: org["id"] });
    tenants.push({ token: made["token"] ?? "" });
  }
  const waits: number[] = [];
  const statuses = new Map<number, number>();
  const push = async (tenant: number, body: string): Promise<void> => {
    const started = performance.now();
    const answer = await fetch(`${server.url}/api/v1/sync/traces`, {
      method: "POST",
      headers: { Authorization: `Bearer ${tenants[tenant]?.token}` },
      body,
    });
    await answer.text();
    waits.push(performance.now() - started);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  };
  const figures: Figure[] = [];
  const rate = async (
    name: string,
    bodies: readonly string[][],
    goal: Partial<Figure> = {},
  ): Promise<number> => {
    const started = performance.now();
    await Promise.all(
      bodies.map(async (own, tenant) => {
        for (const body of own) await push(tenant % 4, body);
      }),
    );
    const rows = bodies.flat().length * batchRows;
    const rowsPerSecond = rows / ((performance.now() - started) / 1000);
    figures.push({ name, measured: perSecond(rows, (rows / rowsPerSecond) * 1000), ...goal });
    return rowsPerSecond;
  };
  const bodies = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, number) => batch(`${name} ${number}`));
  await rate("warming up", [bodies("warm", 10)]);
  figures.length = 0;
  const one = await rate("rows, one client", [bodies("one", 100)], { goal: "≥ 20,000/s" });
  const four = await rate(
    "rows, four clients of an org each",
    [0, 1, 2, 3].map((n) => bodies(`four ${n}`, 50)),
  );
  figures.push({
    name: "four to one",
    measured: ratio(four, one),
    goal: "≥ 2 ×",
    met: four >= 2 * one,
  });
  waits.length = 0;
  statuses.clear();
  await rate(
    "rows, fifty clients",
    Array.from({ length: 50 }, (_, n) => bodies(`fifty ${n}`, 2)),
  );
  const p99 = waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0;
  figures.push({
    name: "a batch of fifty clients, p99",
    measured: ms(p99),
    goal: "≤ 500 ms",
    met: p99 <= 500,
  });
  figures.push({ name: "their statuses", measured: [...statuses.keys()].join(" "), goal: "200" });

  const body = Buffer.alloc(16 * 1024 * 1024);
  const send = async (
    count: number,
    work: (bytes: Buffer<ArrayBuffer>) => Promise<unknown>,
  ): Promise<number> => {
    const started = performance.now();
    for (let at = 0; at < count; at++) {
      crypto.getRandomValues(body.subarray(0, 65_536));
      for (let from = 65_536; from < body.length; from += 65_536) body.copy(body, from, 0, 65_536);
      await work(body);
    }
    return (count * 16) / ((performance.now() - started) / 1000);
  };
  const segments = s3.segments(bucket);
  const floor = await send(6, (bytes) =>
    segments.put(`${sha256Hex(bytes)}.0123456789abcdef`, bytes),
  );
  const through = await send(6, async (bytes) => {
    const answer = await fetch(`${server.url}/api/v1/blobs`, {
      method: "POST",
      headers: { Authorization: `Bearer ${tenants[0]?.token}` },
      body: bytes,
    });
    if (!answer.ok) throw new Error(await answer.text());
  });
  figures.push({
    name: "upload through S3",
    measured: `${Math.round(through)} MiB/s`,
    floor: `${Math.round(floor)} MiB/s by PUT`,
    goal: "≥ 0.5 × floor",
    met: through >= 0.5 * floor,
  });
  const status = readFileSync(`/proc/${server.process.pid}/status`, "utf8");
  const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  figures.push({
    name: "memory of serve, at most",
    measured: mib(peak * 1024 * 1024),
    goal: "≤ 160 MiB",
    met: peak <= 160,
  });
  server.process.kill("SIGTERM");
  await server.process.exited;
  return figures;
}
