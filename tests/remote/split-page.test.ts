import { expect, test } from "bun:test";
import { splitPage } from "../../src/remote/split-page.ts";

const texts = (page: string): unknown => {
  const split = splitPage(page);
  return split && [split.items.map(({ text }) => text), split.maxTimestamp];
};

test.each([
  ['{"items":[\n{"id":"a","n":1.0},\n{"id":"b"}\n],"max_timestamp":"t"}', ["a", "b"]],
  ['{"items":[\n],"max_timestamp":null}', []],
  ['{"items":[],"max_timestamp":null}', []],
  ['{ "max_timestamp" : "t", "items" : [ {"id":"a"} , {"id":"b"} ] }', ["a", "b"]],
  ['{"items":[\n{"id":"a"},{"id":"b"}\n],"max_timestamp":"t"}', ["a", "b"]],
  ['{"items":[\n{"id":\n"a"},\n{"id":"b"}\n],"max_timestamp":"t"}', ["a", "b"]],
  ['{"items":[{"id":"a"}]}', ["a"]],
])("takes %j apart", (page, ids) => {
  expect(splitPage(page)?.items.map(({ value }) => value?.["id"])).toEqual(ids);
});

test("keeps every byte of an item: order, numbers, escapes, members it does not know", () => {
  const odd = '{"z":1,"id":"a","big":12345678901234567890,"f":1.0,"e":"\\u0000\\ud800 ]}\\"{"}';
  expect(texts(`{"items":[\n${odd},\n${odd}\n],"max_timestamp":"t"}`)).toEqual([[odd, odd], "t"]);
  expect(texts(`{"items": [${odd},  ${odd}], "max_timestamp": "t"}`)).toEqual([[odd, odd], "t"]);
});

test("does not let a break within an item make two of it", () => {
  const page = '{"items":[\n{"id":"a","x":[1,\n2]},{"id":"b"},\n{"id":"c"}\n],"max_timestamp":"t"}';
  expect(texts(page)).toEqual([['{"id":"a","x":[1,\n2]}', '{"id":"b"}', '{"id":"c"}'], "t"]);
});

test("gives an item that is no object without a value, and the rest as they are", () => {
  expect(splitPage('{"items":[\n1,\n{"id":"b"}\n],"max_timestamp":"t"}')).toEqual({
    items: [
      { text: "1", value: undefined },
      { text: '{"id":"b"}', value: { id: "b" } },
    ],
    maxTimestamp: "t",
  });
});

test.each([
  "",
  "<html>",
  "[]",
  '{"items":{}}',
  '{"items":[\n{"id":"a"}',
  '{"items":[],"max_timestamp":5}',
])("%j is no page", (text) => {
  expect(splitPage(text)).toBeUndefined();
});

test.each([
  '{"items":[\n{"id":"a"},{"id":"b"},\n{"x":[{},\n{}]}\n],"max_timestamp":"t"}',
  '{"items":[\n{"id":"a"},{"id":"b"},\n{"x":[1,\n2]}\n],"max_timestamp":"t"}',
])("is not taken in by as many lines as items: %j", (page) => {
  const split = splitPage(page);
  expect(split?.items.map(({ text }) => JSON.parse(text))).toEqual(JSON.parse(page).items);
});
