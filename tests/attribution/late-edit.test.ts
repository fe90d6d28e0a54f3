import { expect, test } from "bun:test";
import { recordEdits } from "../../src/attribution/pending-file.ts";
import type { PendingFile } from "../../src/schema/pending.ts";

const body = (name: string): string => `func ${name}() {\n\tcall(${name})\n\treturn nil\n}\n`;
const base = "package main\n";
const first = `${base}${body("first")}`;
const both = `${base}${body("second")}${body("first")}`;

/** A whole-file edit of an agent's, reported when the file stands as `both`. */
function report(known: PendingFile | undefined, before: string, after: string): PendingFile {
  const traceId = after === both ? "second" : "first";
  const edit = { path: "a", kind: "write" as const, replacements: [], userModified: false };
  return recordEdits(known, [{ ...edit, textBefore: before, textAfter: after }], {
    path: "a",
    text: both,
    claim: { traceId, timestamp: "" },
    toolUse: traceId,
  });
}

/** Whose each line is. */
function authorsOf({ authors, claims }: PendingFile): string[] {
  return authors.flatMap(([count, claim]) =>
    Array<string>(count).fill(claims[claim]?.traceId ?? "nobody"),
  );
}

const expected = ["nobody", ...Array<string>(4).fill("second"), ...Array<string>(4).fill("first")];

test("of two edits each has its lines, brackets too, in whichever order they are reported", () => {
  const early = report(report(undefined, base, first), first, both);
  const late = report(report(undefined, first, both), base, first);
  expect(authorsOf(late)).toEqual(expected);
  expect(authorsOf(early)).toEqual(expected);
});

test("a line that a person put between two edits is nobody's, though the first is reported late", () => {
  const typed = `${base}\treturn nil\n}\n${body("first")}`;
  const all = `${base}\treturn nil\n}\n${body("second")}${body("first")}`;
  const edit = { path: "a", kind: "write" as const, replacements: [], userModified: false };
  const second = recordEdits(undefined, [{ ...edit, textBefore: typed, textAfter: all }], {
    path: "a",
    text: all,
    claim: { traceId: "second", timestamp: "" },
    toolUse: "second",
  });
  const late = recordEdits(second, [{ ...edit, textBefore: base, textAfter: first }], {
    path: "a",
    text: all,
    claim: { traceId: "first", timestamp: "" },
    toolUse: "first",
  });
  expect(authorsOf(late).slice(0, 3)).toEqual(["nobody", "nobody", "nobody"]);
  // The second's common lines read like the person's, so nobody can tell whose they are.
  expect(authorsOf(late).slice(3, 5)).toEqual(["second", "second"]);
  expect(authorsOf(late).slice(7)).toEqual(expected.slice(5));
});
