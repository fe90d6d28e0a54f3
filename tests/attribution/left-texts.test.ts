import { expect, test } from "bun:test";
import { afterCommit, foundAgain } from "../../src/attribution/left-texts.ts";
import type { PendingFile } from "../../src/schema/pending.ts";

const pending = (text: string, authors: PendingFile["authors"]): PendingFile => ({
  version: 1,
  path: "a",
  text,
  authors,
  claims: [{ traceId: "t", timestamp: "" }],
  toolUses: [],
});

/** Which lines of a text are the agent's again. */
function again(rest: PendingFile | undefined, text: string): number[] {
  if (rest === undefined) return [];
  const { authors } = foundAgain(rest, text);
  return authors.flatMap((author, line) => (author < 0 ? [] : [line + 1]));
}

const edited = pending("one\nagent\ntwo\n", [
  [1, -1],
  [1, 0],
  [1, -1],
]);

test("what a stash took away and brought back is the agent's again", () => {
  const rest = afterCommit(edited, "one\ntwo\nmore\n", "one\ntwo\nmore\n");
  expect(again(rest, "one\nagent\ntwo\nmore\n")).toEqual([2]);
});

test("of what a person took out in part, nothing comes back", () => {
  const two = pending("one\nagent\nother\ntwo\n", [
    [1, -1],
    [2, 0],
    [1, -1],
  ]);
  const rest = afterCommit(two, "one\nagent\ntwo\n", "one\nagent\ntwo\n");
  expect(again(rest, "one\nagent\nother\ntwo\n")).toEqual([]);
});

test("of a file that a commit took away, nothing comes back", () => {
  expect(afterCommit(edited, undefined, undefined)).toBeUndefined();
});
