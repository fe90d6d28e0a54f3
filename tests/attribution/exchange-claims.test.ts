import { expect, test } from "bun:test";
import { exchangeClaims } from "../../src/attribution/exchange-claims.ts";

const bytes = (words: readonly string[]): Uint8Array =>
  new TextEncoder().encode(words.map((word) => `${word}\n`).join(""));

/**
 * Words are lines. A digit behind one names the agent's trace that wrote it, a `+` says that git calls it added. Gives the
 * trace of each line that the commit added, `-` for one that nobody claims, `.` for one that was not added.
 */
function exchange(parent: string, text: string, committed = text): string {
  const plain = (word: string): string => word.replace(/[0-9+]/g, "");
  const traceOf = (word: string): string | undefined => /\d/.exec(word)?.[0];
  const claimsOf = (words: readonly string[]) =>
    new Map(
      words.flatMap((word, at) => {
        const traceId = traceOf(word);
        return traceId === undefined ? [] : [[at + 1, { traceId, timestamp: "" }] as const];
      }),
    );
  const [before, after] = [text.split(" "), committed.split(" ")];
  const isAdded = (word: string): boolean => word.includes("+");
  const claims = new Map([...claimsOf(after)].filter(([line]) => isAdded(after[line - 1] ?? "")));
  const found = exchangeClaims(
    claims,
    {
      content: bytes(after.map(plain)),
      oldContent: bytes(parent.split(" ")),
      added: after.flatMap((word, at) => (isAdded(word) ? [{ start: at + 1, end: at + 1 }] : [])),
    },
    [{ lines: before.map(plain), claims: claimsOf(before) }],
  );
  return after
    .map((word, at) => (isAdded(word) ? (found.get(at + 1)?.traceId ?? "-") : "."))
    .join("");
}

test.each([
  [
    "an agent's bracket that git takes for the parent's, and the parent's for new",
    "u } v",
    "u }+ x1+ }1 v",
    ".11..",
  ],
])("what git calls added is the agent's: %s", (_, parent, text, expected) => {
  expect(exchange(parent, text)).toBe(expected);
});

test.each([
  ["a person typed one as well", "u } v", "u }+ }+ x1+ }1 v", ".--1.."],
  ["a person copied one that a commit has of the agent's", "u x } v", "u x1 }1 x+ }+ v", "...--."],
  ["nothing telling of the agent's is new", "u } v", "u }+ }1 v", ".-.."],
  ["a person typed it amid lines of his own", "u } v w", "u k+ }+ l+ x1+ }1 w", ".---1.."],
])("a line stays nobody's where %s", (_, parent, text, expected) => {
  expect(exchange(parent, text)).toBe(expected);
});
