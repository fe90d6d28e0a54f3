import { describe, expect, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
import { parseRetryAfter } from "../../src/remote/retry-after.ts";
import { Accident, withRetries } from "../../src/remote/retry.ts";
import { fakeClock } from "./fake-clock.ts";

const failure = new AppError("unreachable", "cannot reach remote `origin`: connection refused");
const signal = new AbortController().signal;
const patient = { signal, deadline: Infinity, contacted: true };

/** Fails `times` times, then answers how often it was called. */
function failing(times: number, accident: () => Error): { (): Promise<number>; calls: number } {
  const attempt = async (): Promise<number> => {
    attempt.calls++;
    if (attempt.calls <= times) throw accident();
    return attempt.calls;
  };
  attempt.calls = 0;
  return attempt;
}

describe("retries", () => {
  test("wait twice as long each time and stop after six attempts", async () => {
    const clock = fakeClock(0.999);
    const attempt = failing(99, () => new Accident(failure));
    await expect(withRetries(attempt, { ...patient, clock })).rejects.toBe(failure);
    expect(attempt.calls).toBe(6);
    expect(clock.slept.map(Math.round)).toEqual([500, 999, 1998, 3996, 7992]);
  });

  test("draw the whole wait by lot, so that many clients do not come back together", async () => {
    const clock = fakeClock(0);
    await withRetries(
      failing(3, () => new Accident(failure)),
      { ...patient, clock },
    );
    expect(clock.slept).toEqual([0, 0, 0]);
  });

  test("wait at least as long as the service asks", async () => {
    const clock = fakeClock();
    const attempt = failing(1, () => new Accident(failure, { retryAfter: 7000 }));
    await withRetries(attempt, { ...patient, clock });
    expect(clock.slept).toEqual([7000]);
  });

  test("give up, saying until when, where the service asks for more than five minutes", async () => {
    const attempt = failing(1, () => new Accident(failure, { retryAfter: 86_400_000 }));
    const work = withRetries(attempt, { ...patient, clock: fakeClock() });
    expect(await work.catch((thrown: AppError) => thrown)).toMatchObject({
      code: "unreachable",
      hint: "run the command again after 2026-02-11T12:00:00Z",
    });
    expect(attempt.calls).toBe(1);
  });

  test("end with the command's time", async () => {
    const clock = fakeClock(1);
    const attempt = failing(99, () => new Accident(failure));
    const deadline = clock.now() + 2000;
    await expect(withRetries(attempt, { ...patient, clock, deadline })).rejects.toBe(failure);
    expect(attempt.calls).toBe(3);
  });

  test("are fewer where nobody was ever there", async () => {
    const attempt = failing(99, () => new Accident(failure, { nobodyThere: true }));
    const work = withRetries(attempt, { ...patient, clock: fakeClock(), contacted: false });
    await expect(work).rejects.toBe(failure);
    expect(attempt.calls).toBe(3);
  });

  test("never repeat what is no accident", async () => {
    const attempt = failing(99, () => failure);
    await expect(withRetries(attempt, { ...patient, clock: fakeClock() })).rejects.toBe(failure);
    expect(attempt.calls).toBe(1);
  });

  test("stop at an interrupt with its reason", async () => {
    const controller = new AbortController();
    const reason = new AppError("interrupted", "interrupted");
    const attempt = failing(99, () => {
      controller.abort(reason);
      return new Accident(failure);
    });
    const options = { ...patient, clock: fakeClock(), signal: controller.signal };
    await expect(withRetries(attempt, options)).rejects.toBe(reason);
  });
});

test.each([
  ["120", 120_000],
  ["0", 0],
  [" 3 ", 3000],
  ["Tue, 10 Feb 2026 12:00:09 GMT", 9000],
  ["Tue, 10 Feb 2026 11:00:00 GMT", 0],
  ["5 minutes", undefined],
  ["-1", undefined],
  ["garbage", undefined],
  ["", undefined],
  [null, undefined],
])("Retry-After %j is %p ms", (text, expected) => {
  expect(parseRetryAfter(text, Date.parse("2026-02-10T12:00:00Z"))).toBe(expected as never);
});
