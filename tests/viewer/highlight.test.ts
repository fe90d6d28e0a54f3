import { expect, test } from "bun:test";
import { highlight } from "../../src/viewer/highlight.ts";
import { differing } from "../../src/workflows/viewing/conversation-part.ts";

test("tokens cover each line from its beginning, whatever the line holds", () => {
  const lines = ["/* a < b && c", ' é */ const x = "<b>";', "", "x &amp; 1;"];
  const tokens = highlight("a.ts", lines);
  expect(tokens).toHaveLength(lines.length);
  tokens.forEach((pairs, at) => {
    const length = pairs.filter((_, place) => place % 2 === 1).reduce((sum, one) => sum + one, 0);
    expect(length).toBe(lines[at]?.length ?? -1);
  });
  expect(tokens[0]).toEqual([3, 13]);
});

test("a language that is not known, a name such as `constructor` and a line without end have no colours", () => {
  expect(highlight("a.unknown", ["x"])).toEqual([]);
  expect(highlight("a.constructor", ["x"])).toEqual([]);
  expect(highlight("a.ts", ["x".repeat(3_000_000)])).toEqual([]);
});

test("a diff is cut to what differs, with a shared line on either side", () => {
  const marks = (before: string, after: string) =>
    differing(before, after).map(({ mark, text }) => `${mark}${text}`);
  expect(marks("a\nb\nc\nd\n", "a\nb\nX\nd\n")).toEqual([" b", "-c", "+X", " d"]);
  expect(marks("", "a\n")).toEqual(["+a"]);
  expect(marks("a", "a")).toEqual([" a"]);
});
