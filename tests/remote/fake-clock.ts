import type { Clock } from "../../src/remote/clock.ts";

/** A clock that never waits: sleeping moves it on, and is written down. */
export function fakeClock(random = 0.5): Clock & { readonly slept: number[] } {
  let now = Date.parse("2026-02-10T12:00:00Z");
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    random: () => random,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}
