import { expect, test } from "bun:test";
import { applyEdit } from "../../src/attribution/edit.ts";
import { diffEdit } from "../../src/capture/edits.ts";
import type { AgentEdit } from "../../src/schema/agent-event.ts";

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, line) => `line ${line % 3}`);

/** A diff that puts another line for every tenth, and how the text reads before and after. */
function manyHunks(count: number): { before: string; after: string; edit: AgentEdit } {
  const lines = numbered(count);
  const hunks: string[] = [];
  const after: string[] = [];
  lines.forEach((line, index) => {
    if (index % 10 !== 5) return void after.push(line);
    hunks.push(
      `@@ -${index + 1},1 +${after.length + 1},2 @@\n-${line}\n+new ${index}\n+newer ${index}`,
    );
    after.push(`new ${index}`, `newer ${index}`);
  });
  const edit = diffEdit("a", `${hunks.join("\n")}\n`);
  if (edit === undefined) throw new Error("the diff is not read");
  return { before: `${lines.join("\n")}\n`, after: `${after.join("\n")}\n`, edit };
}

test("an edit that tells its places needs no unique text, known or not", () => {
  const { before, after, edit } = manyHunks(60);
  const expected = after
    .split("\n")
    .slice(0, -1)
    .map((line) => (line.startsWith("new") ? 7 : -1));
  const known = { text: before, authors: Array<number>(60).fill(-1) };
  expect(applyEdit(known, edit, { text: after, author: 7 }).authors).toEqual(expected);
  expect(applyEdit(undefined, edit, { text: after, author: 7 }).authors).toEqual(expected);
});

test("lines that are taken out as a whole, or only put in, are followed both ways", () => {
  const edit = diffEdit("a", "@@ -2,1 +1,0 @@\n-b\n@@ -4,0 +4,1 @@\n+x\n");
  if (edit === undefined) throw new Error("the diff is not read");
  const text = "a\nc\nd\nx\n";
  expect(applyEdit(undefined, edit, { text, author: 1 }).authors).toEqual([-1, -1, -1, 1]);
});

test("a place that does not fit is worth nothing: the text is searched for", () => {
  const edit: AgentEdit = {
    path: "a",
    kind: "replace",
    userModified: false,
    replacements: [{ oldText: "b", newText: "x", replaceAll: false, at: { line: 9, column: 1 } }],
  };
  const known = { text: "a\nb\n", authors: [-1, -1] };
  expect(applyEdit(known, edit, { text: "a\nx\n", author: 1 }).authors).toEqual([-1, 1]);
});

test("ten thousand places cost one walk, not the square of them", () => {
  const { after, edit } = manyHunks(100_000);
  const { authors } = applyEdit(undefined, edit, { text: after, author: 1 });
  expect(authors.filter((author) => author === 1).length).toBe(20_000);
});
