import { describe, expect, test } from "bun:test";
import { type Match, matchEarliest, matchLines } from "../../src/attribution/diff.ts";
import { seeded } from "../support/random.ts";

/** The length of a longest common subsequence, by the plain table. */
function longest(a: readonly string[], b: readonly string[]): number {
  let row = Array<number>(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    for (const [j, other] of b.entries()) {
      next.push(line === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function checked(a: readonly string[], b: readonly string[], matches: readonly Match[]): number {
  let before = 0;
  let after = 0;
  let length = 0;
  for (const match of matches) {
    expect(match.before).toBeGreaterThanOrEqual(before);
    expect(match.after).toBeGreaterThanOrEqual(after);
    before = match.before + match.length;
    after = match.after + match.length;
    length += match.length;
    expect(a.slice(match.before, before)).toEqual(b.slice(match.after, after));
  }
  return length;
}

describe.each([
  ["matchLines", matchLines],
  ["matchEarliest", matchEarliest],
])("%s", (_, match) => {
  test("finds a longest common subsequence of any two texts", () => {
    const random = seeded(3);
    for (let round = 0; round < 1_500; round++) {
      const alphabet = 1 + random.below(6);
      const text = (): string[] =>
        Array.from({ length: random.below(13) }, () => `${random.below(alphabet)}`);
      const [a, b] = [text(), text()];
      expect(checked(a, b, match(a, b))).toBe(longest(a, b));
    }
  });
});

test("texts that differ nearly everywhere get a common subsequence, if not the longest", () => {
  const random = seeded(4);
  const text = (): string[] => Array.from({ length: 6_000 }, () => `${random.below(40)}`);
  const [a, b] = [text(), text()];
  expect(checked(a, b, matchLines(a, b))).toBeGreaterThan(1_000);
});

test("of equal lines the earliest is kept", () => {
  expect(matchEarliest(["}", "x"], ["}", "a", "}", "x"])).toEqual([
    { before: 0, after: 0, length: 1 },
    { before: 1, after: 3, length: 1 },
  ]);
});
