import { expect, test } from "bun:test";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { withPostgres, withS3 } from "../support/real-servers.ts";
import { type TestService, testService } from "../support/service.ts";
import { openPostgresRecords } from "../../src/service/postgres-records.ts";

/** Appends to a transcript until it is as long as this. */
async function grow(at: TestService, token: string, [from, to]: [number, number]): Promise<void> {
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
}

async function expectStates(at: TestService, token: string): Promise<void> {
  for (const size of [10, 150, 300, 450, 600]) {
    const whole = "x".repeat(size);
    const read = await at.request(`/api/v1/blobs/${sha256Hex(whole)}`, { token });
    expect([size, read.status, await read.text()]).toEqual([size, 200, whole]);
  }
}

test("a backup taken while others push can be restored, tells its clients, and lacks nothing that it names", async () => {
  using directory = temporaryDirectory();
  const [backup, restored] = ["backup", "restored"].map((name) => join(directory.path, name)) as [
    string,
    string,
  ];
  await using at = await testService();
  const { token } = await at.account();
  await at.request("/api/v1/blobs", { method: "POST", token, body: "x".repeat(10) });
  await grow(at, token, [10, 300]);
  const take = () => cli(["admin", "backup", backup, "--data", at.data], { home: directory.path });
  const pushing = grow(at, token, [300, 600]);
  expect(await take()).toMatchObject({ exitCode: 0, stderr: "" });
  await pushing;
  const second = await take();
  expect(second).toMatchObject({ exitCode: 0, stderr: "" });
  expect(statSync(join(backup, "service.db")).mode & 0o777).toBe(0o600);
  const again = await cli(["admin", "restore", backup, "--data", restored], {
    home: directory.path,
  });
  expect(again).toMatchObject({ exitCode: 0, stderr: "" });
  await using other = await testService({ data: restored });
  expect(other.records.epoch).not.toBe(at.records.epoch);
  await expectStates(other, token);
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

withPostgres("a service on PostgreSQL", (postgres) => {
  withS3("and a bucket", (s3) => {
    test("is backed up while others push, and restored to an empty database and another bucket", async () => {
      using directory = temporaryDirectory();
      const backup = join(directory.path, "backup");
      const [database, other] = [await postgres().database(), await postgres().database()];
      const [bucket, otherBucket] = [s3().bucket(), s3().bucket()];
      const stores = (url: string, place: string) => async (now: () => number) => ({
        records: await openPostgresRecords(url, now),
        segments: s3().segments(place),
      });
      const admin = (action: string, url: string, place: string) =>
        cli(["admin", action, backup, "--database", url, "--blobs", place], {
          home: directory.path,
          environment: { PATH: process.env["PATH"] ?? "", ...s3().environment },
        });
      await using at = await testService({ stores: stores(database, bucket) });
      const { token } = await at.account();
      await at.request("/api/v1/blobs", { method: "POST", token, body: "x".repeat(10) });
      await grow(at, token, [10, 300]);
      const pushing = grow(at, token, [300, 600]);
      expect(await admin("backup", database, bucket)).toMatchObject({ exitCode: 0, stderr: "" });
      await pushing;
      expect(await admin("backup", database, bucket)).toMatchObject({ exitCode: 0, stderr: "" });
      expect(statSync(join(backup, "service.dump")).mode & 0o777).toBe(0o600);
      const restored = await admin("restore", other, otherBucket);
      expect(restored).toMatchObject({ exitCode: 0, stderr: "" });
      await using again = await testService({ stores: stores(other, otherBucket) });
      expect(again.records.epoch).not.toBe(at.records.epoch);
      await expectStates(again, token);
      // Over tables that are there nothing is restored.
      const onto = await admin("restore", other, otherBucket);
      expect([onto.exitCode, onto.stderr]).toEqual([2, expect.stringContaining("already")]);
      const elsewhere = await cli(["admin", "restore", backup], { home: directory.path });
      expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([
        2,
        expect.stringContaining("--database postgres://"),
      ]);
    }, 120_000);

    test("is not backed up where it cannot be reached, and its password is told to nobody", async () => {
      using directory = temporaryDirectory();
      const closed = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
      const database = `postgres://ada:hunter22@127.0.0.1:${closed.port}/none`;
      closed.stop(true);
      const args = ["admin", "backup", join(directory.path, "backup"), "--database", database];
      const outcome = await cli(args, { home: directory.path });
      expect([outcome.exitCode, outcome.stderr]).toEqual([
        1,
        expect.stringContaining("it cannot be reached"),
      ]);
      expect(outcome.stderr + outcome.stdout).not.toContain("hunter22");
    });

    test("is not backed up without the server's own program, and says which", async () => {
      using directory = temporaryDirectory();
      const database = await postgres().database();
      await (await openPostgresRecords(database, () => 1)).close();
      const outcome = await cli(
        ["admin", "backup", join(directory.path, "backup"), "--database", database],
        { home: directory.path, environment: { PATH: directory.path } },
      );
      expect([outcome.exitCode, outcome.stderr]).toEqual([1, expect.stringContaining("`pg_dump`")]);
    });
  });
});
