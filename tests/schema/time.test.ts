import { expect, test } from "bun:test";
import { formatTime, parseTime } from "../../src/schema/time.ts";

test.each([
  ["2026-02-10T12:00:00.123456+00:00", "2026-02-10T12:00:00.123456Z"],
  ["2026-02-10T12:00:00Z", "2026-02-10T12:00:00.000000Z"],
  ["2026-02-10T14:00:00.5+02:00", "2026-02-10T12:00:00.500000Z"],
  ["2026-02-10 12:00", "2026-02-10T12:00:00.000000Z"],
  ["2026-02-10", "2026-02-10T00:00:00.000000Z"],
  ["1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"],
])("%s is %s", (text, formatted) => {
  const microseconds = parseTime(text);
  expect(microseconds === undefined ? undefined : formatTime(microseconds)).toBe(formatted);
});

test.each([
  "",
  "yesterday",
  "2026-13-01",
  "2026-02-30",
  "2026-02-10T25:00",
  "1760000000",
  "2026-02-10T12:00:00+99:00",
])("%j is no time", (text) => expect(parseTime(text)).toBeUndefined());
