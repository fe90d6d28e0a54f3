import { expect, test } from "bun:test";
import { splitArray, splitObject, toSingleLine } from "../../src/schema/raw-json.ts";

/** The same numbers in every run, so that a failure can be had again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const blanks = ["", "", "", " ", "\t", "\n", "\r\n", "  "];
const atoms = ["0", "-0", "1.50", "1e400", "12345678901234567890", "true", "false", "null"];
const strings = [
  "",
  "a",
  "}",
  "]",
  ",",
  ":",
  '\\"',
  "\\\\",
  '\\\\\\"',
  "\\u0022",
  "\\n",
  "ü",
  "💡",
  " ",
];

/** JSON text of any shape, with blanks wherever they may stand. */
function anyJson(pick: (below: number) => number, depth: number): string {
  const blank = (): string => blanks[pick(blanks.length)] ?? "";
  const string = (): string =>
    `"${Array.from({ length: pick(4) }, () => strings[pick(strings.length)]).join("")}"`;
  const several = (make: () => string): string =>
    Array.from({ length: pick(4) }, () => `${blank()}${make()}${blank()}`).join(",") || blank();
  const kind = depth === 0 ? pick(2) : pick(4);
  if (kind === 0) return atoms[pick(atoms.length)] ?? "";
  if (kind === 1) return string();
  const inner = (): string => anyJson(pick, depth - 1);
  if (kind === 2) return `[${several(inner)}]`;
  return `{${several(() => `${string()}${blank()}:${blank()}${inner()}`)}}`;
}

test("whatever JSON is cut into parts, each part is its element or member", () => {
  const pick = random(20_260_210);
  for (let round = 0; round < 5000; round++) {
    const parts = Array.from({ length: pick(5) }, () => anyJson(pick, 3));
    const blank = blanks[pick(blanks.length)] ?? "";
    const array = `${blank}[${blank}${parts.join(`${blank},${blank}`)}${blank}]`;
    expect(splitArray(array)).toEqual(parts);
    const object = `${blank}{${parts.map((part, at) => `${blank}"${at}"${blank}:${blank}${part}${blank}`).join(",")}}`;
    expect([...splitObject(object)]).toEqual(parts.map((part, at) => [String(at), part]));
    for (const part of parts) {
      const line = toSingleLine(part);
      expect(/[\r\n]/.test(line)).toBe(false);
      expect(JSON.parse(line)).toEqual(JSON.parse(part));
    }
  }
});

test("an array nested deeper than is allowed is refused before its depth costs anything", () => {
  const nested = (depth: number): string => `[${"[".repeat(depth)}${"]".repeat(depth)}]`;
  expect(splitArray(nested(10), { deepest: 10 })).toEqual([nested(9)]);
  expect(() => splitArray(nested(11), { deepest: 10 })).toThrow(RangeError);
  expect(() => splitArray(nested(1_000_000), { deepest: 10 })).toThrow(RangeError);
});
