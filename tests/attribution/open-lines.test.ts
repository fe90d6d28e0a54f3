import { describe, expect, test } from "bun:test";
import { followFormatted } from "../../src/attribution/follow-formatted.ts";
import { isAmbiguous, openLines } from "../../src/attribution/open-lines.ts";

const agent = 5;
const before = ["one {", "}", "", "end"];
const after = ["one {", "}", "", "two {", "}", "", "end"];

function open(text: { authors: number[]; committed: string[] }): [boolean, [number, number][]] {
  const change = { before, authors: text.authors, after, newAuthor: agent };
  const authors = followFormatted(change);
  return [isAmbiguous(change, authors), [...openLines(change, authors, text.committed)]];
}

describe("lines of which git tells whose they are", () => {
  test("are those that equal committed ones beside them", () => {
    const nobodys = before.map(() => -1);
    expect(open({ authors: nobodys, committed: before })).toEqual([
      true,
      [1, 2, 4, 5].map((line) => [line, agent]),
    ]);
  });

  test("are none that equal a line that a person typed since", () => {
    const nobodys = before.map(() => -1);
    expect(open({ authors: nobodys, committed: ["one {", "end"] })).toEqual([true, []]);
    // Which of two equal lines the commit has, nobody can tell.
    expect(open({ authors: nobodys, committed: ["one {", "", "end"] })[1]).toEqual(
      [2, 5].map((line) => [line, agent]),
    );
  });

  test("are none where an agent wrote all of the equal ones", () => {
    const authors = [-1, 2, 2, -1];
    expect(open({ authors, committed: ["one {", "end"] })).toEqual([false, []]);
  });
});
