import { describe, expect, test } from "bun:test";
import { followAuthors, nobody } from "../../src/attribution/follow.ts";
import { seeded } from "../support/random.ts";

const agent = 0;
const other = 1;

/** One letter a line; an upper-case letter is a line of the agent's, `}` and `)` with a `+` behind them are, too. */
function parse(text: string): { lines: string[]; authors: number[] } {
  const lines = text.split(" ").filter((line) => line !== "");
  return {
    lines: lines.map((line) => line.replace("+", "").toLowerCase()),
    authors: lines.map((line) => (/[A-Z+]/.test(line) ? agent : nobody)),
  };
}

function follow(before: string, after: string, newAuthor = nobody): string {
  const { lines, authors } = parse(before);
  const wanted = parse(after).lines;
  const found = followAuthors({ before: lines, authors, after: wanted, newAuthor });
  return wanted.map((line, at) => (found[at] === nobody ? line : `${line}+`)).join(" ");
}

describe("following lines to a later text", () => {
  test.each([
    ["A B C", "a b c", "a+ b+ c+"],
    ["A B C", "a x b c", "a+ x b+ c+"],
    ["A B C", "a c", "a+ c+"],
    ["A B C", "a x c", "a+ x c+"],
    ["", "a b", "a b"],
    ["A B", "", ""],
    ["a B c", "b a c", "b+ a c"],
  ])("%j to %j gives %j", (before, after, expected) => {
    expect(follow(before, after)).toBe(expected);
  });

  test.each([
    // A copied block may stand above or below its equal: neither of the two is certain.
    ["A B C", "a b b c", "a+ b b c+"],
    ["A B C D", "a b c b c d", "a+ b c b c d+"],
    // A person's function is added behind the agent's; which of the brackets is the person's cannot be told.
    ["F X }+ Z", "f x } g y } z", "f+ x+ } g y } z+"],
    // One of two equal lines went, and they had different authors.
    ["A }+ b } C", "a } c", "a+ } c+"],
    // Of equal authors it does not matter which one went.
    ["A X B X C", "a x c", "a+ x+ c+"],
  ])("%j to %j claims only what is certain", (before, after, expected) => {
    expect(follow(before, after)).toBe(expected);
  });

  test.each([
    ["P A }+ B Q", "p x } y q", "p+ x } y q+"],
    ["P A B }+ Q", "p x } q", "p+ x } q+"],
    ["P A B C Q", "p x b y q", "p+ x b+ y q+"],
    ["P A }+ Q", "p a x } y q", "p+ a+ x } y q+"],
    ["P A }+ Q", "p a x } q", "p+ a+ x }+ q+"],
    ["P A Q }+ Z", "p x q } z", "p+ x q+ }+ z+"],
  ])("%j to %j: common lines go with the rewriting about them", (before, after, expected) => {
    expect(follow(before, after)).toBe(expected);
  });

  test("what an agent adds is its own, what it repeats keeps its author", () => {
    expect(follow("a b c", "a x b c y", agent)).toBe("a x+ b c y+");
    expect(
      followAuthors({ before: ["a"], authors: [other], after: ["a", "b"], newAuthor: agent }),
    ).toEqual([other, agent]);
  });

  test("no line that the text before lacks is ever claimed, nor more lines than there were", () => {
    const random = seeded(5);
    for (let round = 0; round < 1_000; round++) {
      const letters = ["a", "b", "c", "}", "d"];
      const text = (length: number): string[] =>
        Array.from({ length: random.below(length) }, () => random.pick(letters));
      const before = text(12);
      const authors = before.map(() => (random.chance(0.6) ? agent : nobody));
      const after = text(12);
      const found = followAuthors({ before, authors, after, newAuthor: nobody });
      expect(found).toHaveLength(after.length);
      for (const letter of letters) {
        const had = before.filter((line, at) => line === letter && authors[at] === agent).length;
        const has = after.filter((line, at) => line === letter && found[at] === agent).length;
        expect(has).toBeLessThanOrEqual(had);
      }
    }
  });

  test("thousands of lines without one that is unique are told apart as far as is certain", () => {
    const before = Array.from({ length: 3_000 }, (_, at) => `${at % 2}`);
    const authors = before.map(() => agent);
    const same = followAuthors({ before, authors, after: before.slice(100), newAuthor: nobody });
    expect(same.every((author) => author === agent)).toBe(true);
    const more = followAuthors({ before, authors, after: [...before, "0"], newAuthor: nobody });
    expect(more.filter((_, at) => before[at] === "0").some((author) => author === agent)).toBe(
      false,
    );
  });
});
