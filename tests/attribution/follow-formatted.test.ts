import { describe, expect, test } from "bun:test";
import { nobody } from "../../src/attribution/follow.ts";
import { followEdit, followFormatted } from "../../src/attribution/follow-formatted.ts";

/** Lines `1 text` are the first agent's, `2 text` the second's, `- text` a person's. Gives the authors of the text after. */
function follow(before: readonly string[], after: readonly string[], newAuthor = nobody): string {
  const authors = before.map((line) => (line.startsWith("-") ? nobody : Number(line[0])));
  const found = followFormatted({
    before: before.map((line) => line.slice(2)),
    authors,
    after,
    newAuthor,
  });
  return found.map((author) => (author === nobody ? "-" : author)).join("");
}

describe("a formatter's work leaves each line its author", () => {
  test.each<[string, string[], string[], string]>([
    ["indentation", ["1 if (a) {", "1     go(a)", "- }"], ["if (a) {", "  go(a)", "}"], "11-"],
    [
      "trailing blanks and tabs",
      ["1 a = 1", "- b = 2", "1     c = 3"],
      ["a = 1  ", "b = 2 ", "\tc = 3"],
      "1-1",
    ],
    ["blanks around operators", ["1 a=1", "2 f( x )"], ["a = 1", "f(x)"], "12"],
    [
      "a line split in three",
      ["1 call(alpha, beta)", "- end"],
      ["call(", "  alpha,", "  beta,", ")", "end"],
      "1111-",
    ],
    ["three joined", ["1 call(", "1   alpha,", "1   beta,", "1 )"], ["call(alpha, beta);"], "1"],
    ["quotes and semicolons", ["1 x = 'a'", "- y = 'b'"], ['x = "a";', 'y = "b";'], "1-"],
    [
      "brackets between re-spaced and ended lines",
      ["1 if (a) {", "1     go(a)", "1     }"],
      ["if (a) {", "  go(a);", "  }"],
      "111",
    ],
    ["brackets of one argument", ["1 const f = x => x.y"], ["const f = (x) => x.y;"], "1"],
    [
      "two agents' lines joined are the later's who wrote most",
      ["1 a", "2 b + c + d"],
      ["a b + c + d"],
      "2",
    ],
  ])("%s", (_, before, after, expected) => {
    expect(follow(before, after)).toBe(expected);
  });

  test("whoever ran the formatter", () => {
    expect(
      follow(
        ["- call(alpha, beta)", "1 x = 'a'"],
        ["call(", "  alpha,", "  beta,", ");", 'x = "a";', "new()"],
        2,
      ),
    ).toBe("----12");
  });
});

describe("a person's work does not", () => {
  test.each<[string, string[], string[], string]>([
    [
      "a word typed into a joined line",
      ["1 call(", "1   alpha,", "1   beta,", "1 )"],
      ["call(alpha, gamma, beta);"],
      "-",
    ],
    ["a word taken out", ["1 call(alpha, beta)"], ["call(alpha)"], "-"],
    ["another operator", ["1 a = b + c"], ["a = b - c"], "-"],
    ["another order", ["1 call(alpha, beta)"], ["call(beta, alpha)"], "-"],
    ["brackets of their own", ["1 start(one)"], ["start(one);", "}", ")", "end(two);"], "1---"],
    [
      "a line within",
      ["1 def c():", "1     first()", "1     second()"],
      ["def c():", "    first()", "    mine()", "    second()"],
      "11-1",
    ],
    [
      "a person's and an agent's line joined",
      ["1 alpha(one)", "- beta(two)"],
      ["alpha(one) beta(two)"],
      "-",
    ],
  ])("%s", (_, before, after, expected) => {
    expect(follow(before, after)).toBe(expected);
  });
});

describe("an agent's change of a line that it re-wraps makes the new words its own, not the others", () => {
  test.each<[string, string[], string[], string]>([
    [
      "a word changed",
      ["- call(alpha, beta, gamma)"],
      ["call(", "  alpha,", "  other,", "  gamma,", ")"],
      "--2--",
    ],
    [
      "a word added",
      ["- call(alpha, beta)"],
      ["call(", "  alpha,", "  beta,", "  more,", ")"],
      "---2-",
    ],
    [
      "of another agent's line",
      ["1 call(alpha, beta)"],
      ["call(alpha,", "  beta,", "  more)"],
      "112",
    ],
  ])("%s", (_, before, after, expected) => {
    expect(follow(before, after, 2)).toBe(expected);
  });

  test.each<[string, string[], string[], string]>([
    ["a word changed within the line", ["- call(alpha, beta)"], ["call(alpha, other)"], "2"],
    ["a word taken out", ["- call(alpha, beta)"], ["call(alpha)"], "2"],
    [
      "another line with a word of it",
      ["- call(alpha, beta)"],
      ["alpha = one()", "call(alpha)"],
      "22",
    ],
  ])("but all of a line that stays one: %s", (_, before, after, expected) => {
    expect(follow(before, after, 2)).toBe(expected);
  });
});

test("an agent's edit that re-spaces lines leaves them whose they were, the earliest of equal ones first", () => {
  const found = followEdit({
    before: ["go(a)", "}", "", "end"],
    authors: [nobody, 1, nobody, nobody],
    after: ["if (a) {", "  go(a)", "  }", "}", "", "end", "more"],
    newAuthor: 2,
  });
  expect(found).toEqual([2, nobody, 2, 1, nobody, nobody, 2]);
});
