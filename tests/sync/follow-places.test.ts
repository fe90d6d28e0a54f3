import { expect, test } from "bun:test";
import { followPlaces } from "../../src/sync/follow-places.ts";

interface Case {
  readonly cursor: string | null;
  readonly answers: readonly (readonly [before: string | null, last: string])[];
  readonly expected: string | null;
}

test.each<[string, Case]>([
  ["stays without an answer", { cursor: "1", answers: [], expected: "1" }],
  ["goes over what was sent", { cursor: "1", answers: [["1", "4"]], expected: "4" }],
  ["begins with the first rows of all", { cursor: null, answers: [[null, "4"]], expected: "4" }],
  [
    "goes over batches answered in another order",
    {
      cursor: "1",
      answers: [
        ["4", "6"],
        ["1", "4"],
      ],
      expected: "6",
    },
  ],
  [
    "stops before rows of others",
    {
      cursor: "1",
      answers: [
        ["1", "4"],
        ["5", "6"],
      ],
      expected: "4",
    },
  ],
  ["stays where others have sent before", { cursor: "1", answers: [["2", "4"]], expected: "1" }],
  [
    "ends where places lead back to each other",
    {
      cursor: "1",
      answers: [
        ["1", "2"],
        ["2", "1"],
      ],
      expected: "1",
    },
  ],
])("a cursor %s", (_what, { cursor, answers, expected }) => {
  let place = cursor;
  const memory = { cursor: () => place, advance: (_: string, next: string) => void (place = next) };
  const places = followPlaces(memory, "traces");
  for (const [before, last] of answers) places.note({ before, last });
  places.note(undefined);
  places.settle();
  expect(place).toBe(expected);
});
