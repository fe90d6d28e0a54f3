import { expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { testService } from "../support/service.ts";

test("a backup taken while others push can be restored, tells its clients, and lacks nothing that it names", async () => {
  using directory = temporaryDirectory();
  const [backup, restored] = ["backup", "restored"].map((name) => join(directory.path, name)) as [
    string,
    string,
  ];
  await using at = await testService();
  const { token } = await at.account();
  const grow = async (from: number, to: number): Promise<void> => {
    for (let size = from; size < to; size += 10) {
      const [base, whole] = ["x".repeat(size), "x".repeat(size + 10)];
      const query = `base=${sha256Hex(base)}&offset=${size}`;
      const answer = await at.request(`/api/v1/blobs/${sha256Hex(whole)}?${query}`, {
        method: "PUT",
        token,
        body: "x".repeat(10),
      });
      expect(answer.status).toBe(201);
    }
  };
  await at.request("/api/v1/blobs", { method: "POST", token, body: "x".repeat(10) });
  await grow(10, 300);
  const take = () => cli(["admin", "backup", backup, "--data", at.data], { home: directory.path });
  const pushing = grow(300, 600);
  expect(await take()).toMatchObject({ exitCode: 0, stderr: "" });
  await pushing;
  const second = await take();
  expect(second).toMatchObject({ exitCode: 0, stderr: "" });
  const again = await cli(["admin", "restore", backup, "--data", restored], {
    home: directory.path,
  });
  expect(again).toMatchObject({ exitCode: 0, stderr: "" });
  await using other = await testService({ data: restored });
  expect(other.records.epoch).not.toBe(at.records.epoch);
  for (const size of [10, 150, 300, 450, 600]) {
    const whole = "x".repeat(size);
    const read = await other.request(`/api/v1/blobs/${sha256Hex(whole)}`, { token });
    expect([size, read.status, await read.text()]).toEqual([size, 200, whole]);
  }
  const acts = await other.request("/api/v1/audit", { admin: true });
  expect(await acts.text()).toContain('"action":"restore"');
  // Over a service that is there nothing is restored.
  const onto = await cli(["admin", "restore", backup, "--data", restored], {
    home: directory.path,
  });
  expect([onto.exitCode, onto.stderr]).toEqual([2, expect.stringContaining("already")]);
});

test("a backup that lacks bytes is not restored", async () => {
  using directory = temporaryDirectory();
  const backup = join(directory.path, "backup");
  await using at = await testService();
  const { token } = await at.account();
  await at.request("/api/v1/blobs", { method: "POST", token, body: "hello" });
  await cli(["admin", "backup", backup, "--data", at.data], { home: directory.path });
  expect(JSON.parse(readFileSync(join(backup, "backup.json"), "utf8"))).toMatchObject({
    segments: 1,
  });
  rmSync(join(backup, "blobs", sha256Hex("hello").slice(0, 2)), { recursive: true });
  const data = join(directory.path, "restored");
  const outcome = await cli(["admin", "restore", backup, "--data", data], { home: directory.path });
  expect([outcome.exitCode, outcome.stderr]).toEqual([
    1,
    expect.stringContaining("segments are missing in the backup"),
  ]);
});
