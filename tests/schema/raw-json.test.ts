import { expect, test } from "bun:test";
import {
  splitArray,
  splitObject,
  toSingleLine,
  withoutMembers,
} from "../../src/schema/raw-json.ts";

test.each([
  ["[]", []],
  [" [ ] ", []],
  ["[1, 2.50,-0 ,1e400]", ["1", "2.50", "-0", "1e400"]],
  ['[{"a":"]"},["}"],"\\"",null]', ['{"a":"]"}', '["}"]', '"\\""', "null"]],
  ['["a\\\\","b"]', ['"a\\\\"', '"b"']],
  ['[\n{"n":12345678901234567890},\n{}\n]', ['{"n":12345678901234567890}', "{}"]],
])("%s is cut into its elements", (text, elements) => {
  expect(splitArray(text)).toEqual(elements);
});

test("an object is cut into its members, the last of a repeated key counting", () => {
  const members = splitObject('{"a" : 1.0 , "b\\u0063":{"x":[1,"}"]}, "a":2, "":""}');
  expect([...members]).toEqual([
    ["a", "2"],
    ["bc", '{"x":[1,"}"]}'],
    ["", '""'],
  ]);
});

test("removing members leaves the rest as it stood", () => {
  expect(withoutMembers('{"z":1.0, "repo_root":"/home","a":{"k" : 1}}', ["repo_root"])).toBe(
    '{"z":1.0,"a":{"k" : 1}}',
  );
  const untouched = '{ "z" : 1 }';
  expect(withoutMembers(untouched, ["repo_root"])).toBe(untouched);
});

test("a record of several lines becomes one line with the same meaning", () => {
  const text = '{\n "a": "x\\ny",\r\n "b": 1\n}';
  expect(toSingleLine(text)).not.toMatch(/[\r\n]/);
  expect(JSON.parse(toSingleLine(text))).toEqual(JSON.parse(text));
});
