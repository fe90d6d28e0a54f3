import { AppError } from "../errors.ts";
import type { Clock } from "./clock.ts";

/** A failure that may pass: thrown by an attempt, caught by the loop below and nobody else. */
export class Accident extends Error {
  override readonly name = "Accident";
  /** What the person is told if it does not pass. */
  readonly failure: AppError;
  /** Milliseconds that the service asked for. */
  readonly retryAfter: number | undefined;
  /** Nothing answers there: not worth as many attempts on first contact. */
  readonly nobodyThere: boolean;

  constructor(failure: AppError, options: { retryAfter?: number; nobodyThere?: boolean } = {}) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.retryAfter = options.retryAfter;
    this.nobodyThere = options.nobodyThere ?? false;
  }
}

const firstDelay = 500;
const longestDelay = 30_000;
/** A service that asks for more than this is not waited for. */
const longestRetryAfter = 300_000;
const mostAttempts = 6;
const attemptsAtNobody = 3;

/** All requests of one command share the time they may spend in all. */
export const totalTime = 15 * 60_000;

/** What comes next after an accident. */
export interface Retry {
  /** Milliseconds until then. */
  readonly delay: number;
  /** Of how many attempts it will be which. */
  readonly attempt: number;
  readonly most: number;
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** By the clock; no attempt begins after it. */
  readonly deadline: number;
  /** Whether the service has answered before in this command. */
  readonly contacted: boolean;
  readonly onRetry?: (accident: Accident, retry: Retry) => void;
}

/** Runs an attempt until it succeeds, fails for good, or attempts or time run out. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { clock, signal, deadline, contacted, onRetry }: RetryOptions,
): Promise<T> {
  for (let number = 1; ; number++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Accident)) throw error;
      const asked = error.retryAfter ?? 0;
      if (asked > longestRetryAfter) throw waitTooLong(error, clock.now() + asked);
      const most = error.nobodyThere && !contacted ? attemptsAtNobody : mostAttempts;
      // Full jitter: many clients that failed together must not come back together.
      const ceiling = Math.min(longestDelay, firstDelay * 2 ** (number - 1));
      const delay = Math.max(asked, clock.random() * ceiling);
      if (number >= most || clock.now() + delay > deadline) throw error.failure;
      onRetry?.(error, { delay, attempt: number + 1, most });
      await clock.sleep(delay, signal);
    }
  }
}

function waitTooLong({ failure }: Accident, until: number): AppError {
  const time = `${new Date(Math.min(until, 8.64e15)).toISOString().slice(0, 19)}Z`;
  return new AppError(failure.code, `${failure.message}; it asks not to come back before ${time}`, {
    hint: `run the command again after ${time}`,
    cause: failure,
    label: failure.label,
    details: { ...failure.details, retry_after: time },
  });
}
