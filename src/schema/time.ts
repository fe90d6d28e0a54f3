const isoPattern =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * Microseconds since 1970 of an ISO-8601 time, or undefined where the text is none. A time without a zone is UTC,
 * a date alone its midnight. Microseconds because two rows of one millisecond must stay in order.
 */
export function parseTime(text: string): bigint | undefined {
  const match = isoPattern.exec(text.trim());
  if (match === null) return undefined;
  const [, date, minutes = "00:00", seconds = "00", fraction = "", zone = "Z"] = match;
  const offset =
    zone.length === 3
      ? `${zone}:00`
      : zone.length === 5
        ? `${zone.slice(0, 3)}:${zone.slice(3)}`
        : zone;
  // A leap second is the last microsecond-bearing second of its minute for our purposes.
  const milliseconds = Date.parse(
    `${date}T${minutes}:${seconds === "60" ? "59" : seconds}${offset.toUpperCase()}`,
  );
  if (Number.isNaN(milliseconds)) return undefined;
  const day = Number(date?.slice(8));
  const daysInMonth = new Date(
    Date.UTC(Number(date?.slice(0, 4)), Number(date?.slice(5, 7)), 0),
  ).getUTCDate();
  if (day > daysInMonth) return undefined;
  return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

/** RFC 3339 in UTC with microseconds and `Z`, the form of every time on the wire. */
export function formatTime(microseconds: bigint): string {
  const fraction = ((microseconds % 1000n) + 1000n) % 1000n;
  const iso = new Date(Number((microseconds - fraction) / 1000n)).toISOString();
  return `${iso.slice(0, -1)}${String(fraction).padStart(3, "0")}Z`;
}

/** The form of times in records on disk: `2026-02-10T12:00:00.123456+00:00`. */
export function formatRecordTime(date: Date): string {
  return `${date.toISOString().slice(0, 23)}000+00:00`;
}
