import { expect, test } from "bun:test";
import { afterCommit, foundAgain } from "../../src/attribution/left-texts.ts";
import { observeFile, recordEdits } from "../../src/attribution/pending-file.ts";
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

test("an edit that is reported late has not left the text that an earlier report saw", () => {
  const before = "one\ntwo\n";
  const both = "one\nfirst\nsecond\ntwo\n";
  const claim = (traceId: string) => ({ traceId, timestamp: "" });
  const report = (known: PendingFile | undefined, from: string, to: string, trace: string) =>
    recordEdits(
      known,
      [
        {
          path: "a",
          kind: "write",
          replacements: [],
          userModified: false,
          textBefore: from,
          textAfter: to,
        },
      ],
      { path: "a", text: both, claim: claim(trace), toolUse: trace },
    );
  const second = report(undefined, "one\nfirst\ntwo\n", both, "second");
  const first = report(second, before, "one\nfirst\ntwo\n", "first");
  expect(first.left ?? []).toEqual([]);
  // Taken out, seen by an event, and typed again: a person's.
  const seen = observeFile(first, "a", "one\nfirst\ntwo\n");
  expect(again(seen, both)).toEqual(again(seen, "one\nfirst\ntwo\n"));
});
