import { describe, expect, test } from "bun:test";
import type { Page } from "../../src/schema/wire.ts";
import { isBehind, walkPages } from "../../src/sync/walk-pages.ts";

describe("a place in a remote's order", () => {
  test.each([
    ["2026-02-10T12:00:00.000002Z", "2026-02-10T12:00:00.000001Z", true],
    ["2026-02-10T12:00:00.000001+00:00", "2026-02-10T12:00:00.000001Z", false],
    ["2026-02-10T12:00:00Z", null, true],
    ["2026-02-10T12:00:00Z", "damaged", true],
    ["zzz", "2026-02-10T12:00:00Z", false],
    ["zzz", null, false],
  ])("%s lies behind %j: %p", (place, since, expected) => {
    expect(isBehind(place, since)).toBe(expected);
  });
});

test("a place that is no time ends the walk with its rows kept and no cursor moved", async () => {
  const page = {
    items: [{ text: "{}", value: {} }],
    maxTimestamp: "soon",
    bytes: 2,
    epoch: undefined,
  };
  const taken: Page[] = [];
  const passed: string[] = [];
  const walk = walkPages(
    {
      resource: "traces",
      signal: new AbortController().signal,
      fetch: async () => page,
      take: async (given) => void taken.push(given),
      passed: (place) => void passed.push(place),
    },
    null,
    Promise.resolve(page),
  );
  expect(await walk).toBe("stuck");
  expect({ taken: taken.length, passed }).toEqual({ taken: 1, passed: [] });
});
