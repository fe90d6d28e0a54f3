import { expect, test } from "bun:test";
import { join } from "node:path";
import { tryDatabaseLock } from "../../../src/store/files/database-lock.ts";
import { lockFile, tryLockFile, waitForLock } from "../../../src/store/files/lock.ts";
import { temporaryDirectory } from "../../support/directories.ts";
import { holdLock } from "../../support/hold-lock.ts";

const never = new AbortController().signal;

test("a lock is one process's, and free as soon as that process is killed", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, ".sync-lock");
  await using other = await holdLock(path, "kernel");
  expect(tryLockFile(path)).toBeUndefined();
  const waits: string[] = [];
  const start = performance.now();
  const waiting = waitForLock(path, {
    signal: never,
    onWait() {
      waits.push("said");
      void other.kill();
    },
  });
  using lock = await waiting;
  expect(lock.stats.isFile()).toBe(true);
  // Said after a second, and had at once when the holder was gone.
  expect(waits).toEqual(["said"]);
  expect(performance.now() - start).toBeWithin(950, 3000);
});

test("waiting for a lock ends with the signal", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, ".sync-lock");
  using _held = lockFile(path);
  const signal = AbortSignal.abort(new Error("interrupted"));
  expect(waitForLock(path, { signal, onWait: () => {} })).rejects.toThrow("interrupted");
});

test("a lock that is let go can be taken again in the same process", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "file");
  {
    using _first = lockFile(path);
    expect(tryLockFile(path)).toBeUndefined();
  }
  using second = tryLockFile(path);
  expect(second).toBeDefined();
});

test("where the system has no such locks, a database's serves; a kill frees it as well", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "file.lock");
  await using other = await holdLock(path, "database");
  expect(tryDatabaseLock(path)).toBeUndefined();
  await other.kill();
  const lock = tryDatabaseLock(path);
  expect(lock).toBeDefined();
  lock?.release();
});
