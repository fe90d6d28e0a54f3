import { describe, expect, test } from "bun:test";
import { contextForAgents } from "../../src/capture/rules/context-for-agents.ts";
import { ruleFile } from "../../src/capture/rules/rule-file.ts";

const rule = { name: "a-rule", text: "# A rule\n\nDo it.\n" };
const older = { name: "a-rule", text: "# A rule\n\nDo it so.\n" };
const part = ruleFile({ kind: "part", path: "AGENTS.md" }, rule);
const own = ruleFile({ kind: "own file", path: "r.md", head: "---\na: b\n---\n\n" }, rule);

const texts: readonly (readonly [string, string | undefined])[] = [
  ["no file", undefined],
  ["an empty file", ""],
  ["a line", "mine\n"],
  ["a line without end", "mine"],
  ["a line that ends in a lone \\r", "mine\r"],
  ["blank lines at the end", "mine\n\n\n"],
  ["nothing but blanks", " \n"],
  ["Windows' lines", "one\r\ntwo\r\n"],
  ["Windows' lines without end", "one\r\ntwo"],
  ["lines of both kinds", "one\r\ntwo\n"],
  ["a mark of somebody else", "<!-- agent-trace rule other 0123456789ab -->\nx\n"],
];

describe("a rule in a part of a file", () => {
  test.each(texts)("comes into %s and goes without a trace", (_, text) => {
    const added = part.add(text);
    expect(part.state(text)).toBe("absent");
    expect(part.state(added)).toBe("present");
    expect(added.replaceAll("\r\n", "\n")).toContain(rule.text);
    expect(added.startsWith(text ?? "")).toBeTrue();
    // Written once more it stands there once.
    expect(part.add(added)).toBe(added);
    expect(part.remove(added)).toBe(text as string);
  });

  test("of an older version is brought up to date in its place", () => {
    const before = ruleFile({ kind: "part", path: "AGENTS.md" }, older).add("mine");
    const grown = `${before}theirs\n`;
    expect(part.state(grown)).toBe("outdated");
    const after = part.add(grown);
    expect(after).toContain(rule.text);
    expect(after).not.toContain(older.text);
    expect(part.remove(after)).toBe("minetheirs\n");
  });

  test("that a person changed, or cut short, is not taken for ours", () => {
    const added = part.add("mine\n");
    expect(part.state(added.replace("Do it.", "Do it never."))).toBe("edited");
    expect(() => part.state(added.slice(0, -10))).toThrow("is missing");
  });
});

test("a rule in a file of its own is known again, also where agent-trace-cli wrote it", () => {
  const added = own.add(undefined);
  expect(added).toStartWith("---\na: b\n---\n\n<!-- agent-trace rule a-rule ");
  expect([own.state(undefined), own.state(added), own.remove(added)]).toEqual([
    "absent",
    "present",
    undefined,
  ]);
  expect(own.state(added.replaceAll("\n", "\r\n"))).toBe("present");
  const place = { kind: "own file", path: "r.md" } as const;
  expect(own.state(ruleFile(place, older).add(undefined))).toBe("outdated");
  expect(own.state("# agent-trace: AI conversation context for code\n\nThis project …\n")).toBe(
    "outdated",
  );
  const changed = added.replace("Do it.", "Never.");
  expect([own.state(changed), own.remove(changed)]).toEqual(["edited", changed]);
  expect(own.state("mine\n")).toBe("edited");
});

test("what agents are taught is short, and every command in it is one of ours", () => {
  const { text } = contextForAgents;
  expect(text.split("\n").length).toBeLessThan(40);
  expect(text).toEndWith("\n");
});
