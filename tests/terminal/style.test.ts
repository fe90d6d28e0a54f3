import { describe, expect, test } from "bun:test";
import { type ColorChoice, hasUnicode, wantsColor } from "../../src/terminal/style.ts";

describe("colour", () => {
  test.each<[ColorChoice, Record<string, string>, boolean, boolean]>([
    ["auto", {}, true, true],
    ["auto", {}, false, false],
    ["auto", { NO_COLOR: "1" }, true, false],
    ["auto", { NO_COLOR: "" }, true, true],
    ["auto", { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    ["auto", { FORCE_COLOR: "1" }, false, true],
    ["auto", { CLICOLOR_FORCE: "0" }, false, false],
    ["auto", { TERM: "dumb" }, true, false],
    ["always", { NO_COLOR: "1" }, false, true],
    ["never", { FORCE_COLOR: "1" }, true, false],
  ])("%s with %j at a terminal %p: %p", (choice, environment, isTerminal, expected) =>
    expect(wantsColor(choice, environment, () => isTerminal)).toBe(expected),
  );

  test("line drawing needs a UTF-8 locale", () => {
    expect([
      hasUnicode({ LANG: "C.UTF-8" }),
      hasUnicode({ LANG: "C.UTF-8", LC_ALL: "C" }),
      hasUnicode({}),
    ]).toEqual([true, false, false]);
  });
});
