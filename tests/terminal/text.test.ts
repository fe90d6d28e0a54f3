import { describe, expect, test } from "bun:test";
import {
  bytes,
  columns,
  count,
  duration,
  plural,
  visible,
  visibleLines,
  wrap,
} from "../../src/terminal/text.ts";
import { withoutTokens } from "../../src/schema/without-tokens.ts";

describe("text of others", () => {
  test.each([
    ["plain ünïcode 日本", "plain ünïcode 日本"],
    ["\u001B[31mred\u001B[0m", "\\x1b[31mred\\x1b[0m"],
    ["\u001B]0;title\u0007", "\\x1b]0;title\\x07"],
    ["a\r\nb\tc", "a\\r\\nb\\tc"],
    ["\u009B2J", "\\x9b2J"],
    ["exe\u202Etxt.cod", "exe\\u202etxt.cod"],
    ["exe\u061C1.txt", "exe\\u061c1.txt"],
  ])("%j is shown as %j", (text, shown) => expect(visible(text)).toBe(shown));

  test("keeps line breaks and tabs of text that has lines", () => {
    expect(visibleLines("a\tb\r\n\u001B[2Jc\n")).toBe("a\tb\n\\x1b[2Jc\n");
  });
});

test("what has a token's form is told as stars, and nothing else is", () => {
  const token = `at_${"aZ0-_".padEnd(43, "x")}`;
  expect(withoutTokens(`no \`${token}\`, ${token}`)).toBe("no `at_********`, at_********");
  const others = `at_short format_${"x".repeat(43)} at-${"0".repeat(32)} ${"a".repeat(64)}`;
  expect(withoutTokens(others)).toBe(others);
});

describe("figures", () => {
  test.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [4_299_161, "4.1 MiB"],
    [1024 ** 2 - 1, "1.0 MiB"],
  ])("%d bytes are %s", (number, text) => expect(bytes(number)).toBe(text));

  test("numbers get separators and words their number", () => {
    expect([count(1_234_567), plural(1, "trace"), plural(2000, "trace")]).toEqual([
      "1,234,567",
      "1 trace",
      "2,000 traces",
    ]);
  });

  test.each([
    [4, "0:04"],
    [3723, "1:02:03"],
  ])("%d seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));
});

test("a paragraph is broken at blanks, a long word is left whole", () => {
  expect(wrap("aa bb cc dddddddd e", 5)).toEqual(["aa bb", "cc", "dddddddd", "e"]);
});

test("columns are as wide as their widest cell, wide characters counted", () => {
  expect(
    columns(
      [
        ["日本", "1"],
        ["a", "20"],
      ],
      [1],
    ),
  ).toEqual(["日本   1", "a     20"]);
});

test("one cell of a mebibyte does not make a thousand others as wide", () => {
  const rows = [...Array.from({ length: 1000 }, () => ["a", "b"]), ["x".repeat(1024 * 1024), "b"]];
  const lines = columns(rows);
  expect(lines[0]).toBe("a  b");
  expect(lines.at(-1)?.length).toBe(1024 * 1024 + 3);
});
