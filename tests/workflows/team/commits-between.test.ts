import { expect, test } from "bun:test";
import type { KnownCommit } from "../../../src/service/derived/derived-records.ts";
import { commitsBetween } from "../../../src/workflows/team/commits-between.ts";

const commit = (sha: string, ...parents: string[]): KnownCommit => ({
  sha,
  parents,
  at: null,
  recorded: null,
  counted: true,
});

/** a ← b ← d(merge of b and c), c stands on a; e stands on d, x on nothing that was sent. */
const history = [
  commit("a"),
  commit("b", "a"),
  commit("c", "a"),
  commit("d", "b", "c"),
  commit("e", "d"),
  commit("x", "unsent"),
];

test.each([
  [null, "e", ["a", "b", "c", "d", "e"], 0],
  ["b", "e", ["c", "d", "e"], 0],
  ["c", "b", ["b"], 0],
  ["e", "a", [], 0],
  ["e", "e", [], 0],
  [null, "x", ["x"], 1],
  ["a", "x", ["x"], 1],
  // Commits are no chain to walk once for each: a range of all is all.
  ["x", "e", ["a", "b", "c", "d", "e"], 0],
] as const)(
  "%p..%p is what git says it is, and what was not sent is told",
  (from, to, shas, gaps) => {
    const found = commitsBetween(history, from, to);
    expect([found.shas.toSorted(), found.gaps]).toEqual([[...shas], gaps]);
  },
);

test("parents that name each other, as a stranger may send them, come to an end", () => {
  const circle = [commit("a", "b"), commit("b", "a")];
  expect(commitsBetween(circle, null, "a").shas.toSorted()).toEqual(["a", "b"]);
});
