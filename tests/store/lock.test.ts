import { expect, test } from "bun:test";
import { join } from "node:path";
import { tryDatabaseLock } from "../../src/store/database-lock.ts";
import { lockFile, tryLockFile, waitForLock } from "../../src/store/lock.ts";
import { temporaryDirectory } from "../support/directories.ts";

const holder = join(import.meta.dir, "lock-holder.ts");
const never = new AbortController().signal;

/** Starts a process that holds a lock, and waits until it does. */
async function hold(
  path: string,
  kind: "kernel" | "database",
): Promise<AsyncDisposable & { kill(): Promise<void> }> {
  const child = Bun.spawn([process.execPath, holder, path, kind], {
    stdout: "pipe",
    stderr: "ignore",
  });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toBe("held\n");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
  };
  return { kill, [Symbol.asyncDispose]: kill };
}

test("a lock is one process's, and free as soon as that process is killed", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, ".sync-lock");
  await using other = await hold(path, "kernel");
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
  await using other = await hold(path, "database");
  expect(tryDatabaseLock(path)).toBeUndefined();
  await other.kill();
  const lock = tryDatabaseLock(path);
  expect(lock).toBeDefined();
  lock?.release();
});
