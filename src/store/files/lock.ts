import { closeSync, fstatSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "../../errors.ts";
import { EINTR, libc } from "../../libc.ts";
import { diskFailure } from "./disk-failure.ts";
import { type DatabaseLock, tryDatabaseLock } from "./database-lock.ts";
import { type OpenFile, openPrivateFile } from "./private-files.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;
/** `EWOULDBLOCK` of Linux and of macOS. */
const busyNumbers = new Set([11, 35]);

/** True: ours. False: another's. Undefined: this file system, or this system, has no such locks. */
function tryKernelLock(descriptor: number): boolean | undefined {
  const kernel = libc();
  if (kernel === undefined) return undefined;
  for (;;) {
    if (kernel.flock(descriptor, LOCK_EX | LOCK_NB) === 0) return true;
    const number = kernel.errorNumber();
    if (number === EINTR) continue;
    return busyNumbers.has(number) ? false : undefined;
  }
}

/** An open file under a lock of the kernel, which frees it when this process ends, however it ends. */
export interface LockedFile extends OpenFile, Disposable {}

function release(descriptor: number, fallback: DatabaseLock | undefined): void {
  closeSync(descriptor);
  fallback?.release();
}

/** Opens a file (making it where it is not there) and locks it; undefined where another holds it. */
export function tryLockFile(path: string): LockedFile | undefined {
  try {
    for (;;) {
      const file = openPrivateFile(path, dirname(path));
      let fallback: DatabaseLock | undefined;
      let held = false;
      try {
        const kernel = tryKernelLock(file.descriptor);
        if (kernel === undefined) fallback = tryDatabaseLock(`${path}.lock`);
        held = kernel ?? fallback !== undefined;
        if (!held) return undefined;
        // Another process may have put a new file in its place since we opened it: then the new one is to be locked.
        const stats = fstatSync(file.descriptor);
        if (statSync(path, { throwIfNoEntry: false })?.ino !== stats.ino) {
          held = false;
          continue;
        }
        const { descriptor } = file;
        return { descriptor, stats, [Symbol.dispose]: () => release(descriptor, fallback) };
      } finally {
        if (!held) release(file.descriptor, fallback);
      }
    }
  } catch (error) {
    throw diskFailure(error, "lock", path);
  }
}

const patience = 30_000;
/** How many milliseconds this process may still wait for locks. Time spent at work does not count. */
let waitingLeft = Infinity;

/**
 * Limits how long this process waits for locks, all of them together, until the value is disposed of. A hook gives up
 * early: an event that is not recorded is better than an agent or a commit that hangs.
 */
export function waitAtMost(milliseconds: number): Disposable {
  const before = waitingLeft;
  waitingLeft = Math.min(before, milliseconds);
  return {
    [Symbol.dispose]: () => {
      waitingLeft = before;
    },
  };
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * As `tryLockFile`, waiting for whoever holds it. Holders work for microseconds; one that was stopped in the middle
 * must not hang people, so patience ends after 30 s, and that of hooks earlier.
 */
export function lockFile(path: string): LockedFile {
  const start = performance.now();
  const limit = Math.min(patience, waitingLeft);
  for (let pause = 0.05; ; pause = Math.min(pause * 2, 5)) {
    const file = tryLockFile(path);
    const waited = performance.now() - start;
    if (file !== undefined || waited > limit) waitingLeft = Math.max(0, waitingLeft - waited);
    if (file !== undefined) return file;
    if (waited > limit) {
      throw new AppError("locked", `another process keeps \`${path}\` locked`, {
        hint: "look for an agent-trace process that is stopped, and end it",
      });
    }
    Atomics.wait(sleeper, 0, 0, pause);
  }
}

export interface WaitOptions {
  readonly signal: AbortSignal;
  /** Called once when the lock could not be had within a second. */
  readonly onWait: () => void;
}

/** As `lockFile`, for locks that are held for long: waits without blocking, until the signal says otherwise. */
export async function waitForLock(path: string, options: WaitOptions): Promise<LockedFile> {
  const start = performance.now();
  let said = false;
  for (;;) {
    const file = tryLockFile(path);
    if (file !== undefined) return file;
    if (!said && performance.now() - start >= 1000) {
      said = true;
      options.onWait();
    }
    await Bun.sleep(25);
    options.signal.throwIfAborted();
  }
}
