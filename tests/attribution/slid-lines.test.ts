import { expect, test } from "bun:test";
import { withoutSlidLines } from "../../src/attribution/slid-lines.ts";

/** Lines as `agent` or `person`, the number of their commit, and their text; gives which are still the agent's. */
function told(...lines: readonly string[]): number[] {
  const parts = lines.map((line) => /^(\w+) (\d+) (.*)$/.exec(line) ?? []);
  const claims = new Map(
    parts.flatMap(([, who], at) =>
      who === "agent" ? [[at + 1, { traceId: "t", timestamp: "" }] as const] : [],
    ),
  );
  const dated = parts.map(([, , time, text = ""]) => ({ text, commit: time, time: Number(time) }));
  return [...withoutSlidLines(claims, dated).keys()];
}

const top = "agent 1 top()";
const end = "agent 1 last = 9";

test("a line that has its like in a person's block beside it is told from it no more, whichever comes first", () => {
  expect(told(top, "person 2 a = 1", "person 2 b = 2", "agent 1 a = 1", end)).toEqual([1, 5]);
  expect(told(top, "agent 1 b = 2", "person 2 a = 1", "person 2 b = 2", end)).toEqual([1, 5]);
});

test("nor are the next ones that have their like there, in order", () => {
  const block = ["person 2 a = 1", "person 2 x = 0", "person 2 b = 2"];
  expect(told(top, ...block, "agent 1 a = 1", "agent 1 b = 2", end)).toEqual([1, 7]);
  expect(told(top, ...block, "agent 1 b = 2", "agent 1 a = 1", end)).toEqual([1, 6, 7]);
});

test("nor where common lines between have their like above", () => {
  const block = ["person 2 }", "person 2 a = 1", "agent 1 }", "person 2 b = 2"];
  expect(told(top, ...block, "agent 1 a = 1", end)).toEqual([1, 4, 7]);
});

test("it stays the agent's where it is newer than the block, where another line stands between, and where it is common", () => {
  expect(told(top, "person 1 a = 1", "person 1 b = 2", "agent 2 a = 1", end)).toEqual([1, 4, 5]);
  expect(told(top, "person 2 a = 1", "agent 1 b = 2", "agent 1 a = 1", end)).toEqual([1, 3, 4, 5]);
  expect(told("agent 1 }", "person 2 a = 1", "person 2 }", end)).toEqual([1, 4]);
});
