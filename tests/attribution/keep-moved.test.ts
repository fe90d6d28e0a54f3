import { describe, expect, test } from "bun:test";
import { disown } from "../../src/attribution/disown.ts";
import { foundLater } from "../../src/attribution/authored.ts";
import { keepMovedAuthors, keepReorderedAuthors } from "../../src/attribution/keep-moved.ts";

const me = 9;
const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `line ${at} = call(${at})`);

describe("moved text keeps its authors", () => {
  const source = { lines: ["a = 1", "b = 2", "c = 3", "}"], authors: [1, 1, -1, 1] };

  test.each([
    [
      "a run of three telling lines",
      ["x = 0", "a = 1", "b = 2", "c = 3", "y = 0"],
      false,
      [me, 1, 1, -1, me],
    ],
    ["two telling lines are no run", ["x = 0", "a = 1", "b = 2", "y = 0"], false, [me, me, me, me]],
    ["a whole text, however it is meant", ["a = 1", "b = 2", "c = 3", "}"], false, [1, 1, -1, 1]],
    ["a common line alone", ["x = 0", "}"], false, [me, me]],
  ])("%s", (_, text, isCertain, expected) => {
    const authors = text.map(() => me);
    const moved = keepMovedAuthors({ lines: text, authors, newAuthor: me }, [
      { ...source, isCertain },
    ]);
    expect(moved).toEqual(expected);
  });

  test("a short text counts as a whole where it is gone from its place", () => {
    const short = { lines: ["a = 1"], authors: [1] };
    const text = { lines: ["x = 0", "a = 1"], authors: [me, me], newAuthor: me };
    expect(keepMovedAuthors(text, [{ ...short, isCertain: false }])).toEqual([me, me]);
    expect(keepMovedAuthors(text, [{ ...short, isCertain: true }])).toEqual([me, 1]);
  });

  test("lines that were there before are no one's to take", () => {
    const text = { lines: source.lines, authors: [2, 2, 2, 2], newAuthor: me };
    expect(keepMovedAuthors(text, [{ ...source, isCertain: true }])).toEqual([2, 2, 2, 2]);
  });

  test("of equal lines in any number, and of many texts, it makes no square", () => {
    const equal = Array<string>(20_000).fill("same()");
    const text = {
      lines: [...equal, ...lines(20_000)],
      authors: Array<number>(40_000).fill(me),
      newAuthor: me,
    };
    const sources = Array.from({ length: 10 }, (_, at) => ({
      lines: [...lines(20_000), ...equal],
      authors: Array<number>(40_000).fill(at),
      isCertain: false,
    }));
    const moved = keepMovedAuthors(text, sources);
    expect(moved.slice(20_000)).toEqual(Array<number>(20_000).fill(0));
  });
});

describe("a text that somebody sorted", () => {
  const text = "use b\nuse d\nuse c\n}\nuse a\n";
  const authors = [-1, -1, 1, 1, 2];

  test.each([
    ["keeps the authors of its lines", "use a\nuse b\nuse c\nuse d\n}\n", [2, -1, 1, -1, -1]],
    ["also restyled", "'use a';\n'use b';\n'use c';\n'use d';\n}\n", [2, -1, 1, -1, -1]],
    ["has no author for a common line", "}\nuse b\nuse d\nuse c\nuse a\n", [-1, -1, -1, 1, 2]],
    ["and changed has none", "use a\nuse b\nuse c\nuse e\n}\n", [-1, -1, 1, -1, -1]],
    ["and added to has none", "use a\nuse b\nuse c\nuse d\n}\nx\n", [-1, -1, 1, -1, -1, -1]],
  ])("%s", (_, later, expected) => {
    expect(foundLater({ text, authors }, later).authors).toEqual(expected);
  });

  test("has nobody's line where equal ones had different authors", () => {
    const equal = { text: "use b\nuse a\nuse b\nuse c\n", authors: [-1, 1, 1, -1] };
    const later = "use c\nuse b\nuse b\nuse a\n";
    expect(foundLater(equal, later).authors[2]).toBe(-1);
    expect(foundLater(equal, later).authors[3]).toBe(1);
  });
});

describe("a text loses what others may have put there", () => {
  const theirs = new Set(["theirs = 1", "}", "return"]);

  test.each([
    ["telling lines, and common ones of their run", ["theirs = 1", "}"], [-1, -1]],
    ["common lines of its own run stay", ["mine = 1", "}"], [me, me]],
    ["common lines that stand alone go", ["}", "return"], [-1, -1]],
  ])("%s", (_, text, expected) => {
    const authors = text.map(() => me);
    const given = { lines: text, authors, author: me };
    expect(disown(given, theirs, { isOwnText: true })).toEqual(expected);
  });

  test("and nothing that somebody else wrote", () => {
    const text = { lines: ["theirs = 1", "mine = 1"], authors: [2, me], author: me };
    expect(disown(text, theirs, { isOwnText: true })).toEqual([2, me]);
  });
});

test("lines that were only put in another order keep their authors, and one more of them is new", () => {
  const before = { lines: ["delta()", "gamma()", "epsilon()", "}"], authors: [1, 2, 1, 1] };
  const text = {
    lines: ["gamma()", "}", "delta()", "epsilon()"],
    authors: [me, me, me, 1],
    newAuthor: me,
  };
  expect(keepReorderedAuthors(text, before)).toEqual([2, 1, 1, 1]);
  const grown = { ...text, lines: [...text.lines, "zeta()"], authors: [me, me, me, 1, me] };
  expect(keepReorderedAuthors(grown, before)).toEqual([2, me, 1, 1, me]);
  const restyled = { ...text, lines: ["gamma() ;", "}", "  delta()", "epsilon()"] };
  expect(keepReorderedAuthors(restyled, before)).toEqual([2, 1, 1, 1]);
  const more = { lines: ["gamma()", "gamma()"], authors: [2, me], newAuthor: me };
  expect(keepReorderedAuthors(more, before)).toEqual([2, me]);
  const twins = { lines: ["gamma()", "gamma()"], authors: [1, 2] };
  expect(keepReorderedAuthors({ ...more, authors: [me, me] }, twins)).toEqual([-1, -1]);
});
