/**
 * What a `Retry-After` header asks for, in milliseconds from `now`: seconds or an HTTP date. Undefined where it
 * says neither; 0 where its time has passed.
 */
export function parseRetryAfter(text: string | null, now: number): number | undefined {
  const value = text?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1000;
  // Only the forms of HTTP name a weekday; `Date.parse` alone would take "5 minutes" for a date.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return undefined;
  const time = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
