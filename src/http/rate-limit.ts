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

/** At most `most` things at a time per caller. Returns the function that ends one. */
export function slots(most: number): (key: string) => () => void {
  const taken = new Map<string, number>();
  return (key) => {
    const count = taken.get(key) ?? 0;
    if (count >= most) {
      throw new HttpError(429, "too_many_uploads", `more than ${most} uploads at a time`, {
        headers: { "Retry-After": "1" },
      });
    }
    taken.set(key, count + 1);
    return () => {
      const left = (taken.get(key) ?? 1) - 1;
      if (left > 0) taken.set(key, left);
      else taken.delete(key);
    };
  };
}
