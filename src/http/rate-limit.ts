import { HttpError } from "./http-error.ts";

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket per caller: `rate` requests a second, bursts of ten times that. 0 switches it off. */
export function rateLimit(rate: number, now: () => number): (key: string) => void {
  const burst = rate * 10;
  const buckets = new Map<string, Bucket>();
  return (key) => {
    if (rate <= 0) return;
    const at = now();
    const bucket = buckets.get(key) ?? { tokens: burst, at };
    // A clock that was set back must not take tokens away.
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * rate);
    bucket.at = at;
    buckets.set(key, bucket);
    if (bucket.tokens < 1) {
      const seconds = Math.max(1, Math.ceil((1 - bucket.tokens) / rate));
      throw new HttpError(429, "rate_limited", `more than ${rate} requests a second`, {
        headers: { "Retry-After": String(seconds) },
      });
    }
    bucket.tokens--;
    if (buckets.size > 10_000) forgetFull(buckets, { at, rate, burst });
  };
}

/** A bucket that is full again says no more than none. */
function forgetFull(
  buckets: Map<string, Bucket>,
  { at, rate, burst }: { at: number; rate: number; burst: number },
): void {
  for (const [key, bucket] of buckets) {
    if (bucket.tokens + ((at - bucket.at) / 1000) * rate >= burst) buckets.delete(key);
  }
}

export interface SlotOptions {
  /** Things that may go on at a time. */
  readonly most: number;
  /** What they are, for the refusal: `uploads`. */
  readonly what: string;
  /** How long a caller waits for a place before it is refused, in milliseconds. */
  readonly wait?: number;
}

/** Callers that wait for a place, for each that has one. */
const waitingEach = 8;

/** At most so many things at a time per caller. Resolves with the function that ends one; throws 429. */
export function slots({ most, what, wait = 0 }: SlotOptions): (key: string) => Promise<() => void> {
  const taken = new Map<string, { count: number; waiting: (() => void)[] }>();
  const refused = (): HttpError =>
    new HttpError(429, `too_many_${what}`, `more than ${most} ${what} at a time`, {
      headers: { "Retry-After": "1" },
    });
  const free = (key: string): (() => void) => {
    let isFree = false;
    return () => {
      const entry = taken.get(key);
      if (isFree || entry === undefined) return;
      isFree = true;
      const next = entry.waiting.shift();
      // The place goes to who has waited longest.
      if (next !== undefined) return next();
      if (--entry.count === 0) taken.delete(key);
    };
  };
  return async (key) => {
    const entry = taken.get(key) ?? { count: 0, waiting: [] };
    if (entry.count < most) {
      entry.count++;
      taken.set(key, entry);
      return free(key);
    }
    if (wait === 0 || entry.waiting.length >= most * waitingEach) throw refused();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      entry.waiting = entry.waiting.filter((one) => one !== resolve);
      reject(refused());
    }, wait);
    entry.waiting.push(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
    return free(key);
  };
}
