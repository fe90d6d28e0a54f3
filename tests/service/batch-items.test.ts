import { expect, test } from "bun:test";
import { openBatch } from "../../src/service/batch-items.ts";

const lines = (...items: string[]): string =>
  `{"project_id":"p","items":[\n${items.join("\n")}\n]}`;

/** What a batch is by the word of the parser alone. */
function byParser(text: string): { projectId: unknown; values: unknown } | "refused" {
  try {
    const { project_id: projectId, items } = JSON.parse(text);
    return Array.isArray(items) ? { projectId, values: items } : "refused";
  } catch {
    return "refused";
  }
}

/** What the batch is taken for: values, and separately what the texts say that are kept. */
function byUs(text: string): { projectId: unknown; values: unknown } | "refused" {
  try {
    const { projectId, items } = openBatch(text);
    const kept = items();
    expect(kept.map((item) => JSON.parse(item.text))).toEqual(kept.map(({ value }) => value));
    expect(kept.filter((item) => /[\n\r]/.test(item.text))).toEqual([]);
    return { projectId, values: kept.map(({ value }) => value) };
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    return "refused";
  }
}

test.each([
  ["one item a line", lines('{"id":"a"},', '{"id":"b"}')],
  ["no items", `{"project_id":"p","items":[\n]}`],
  ["an empty line", lines("")],
  ["an escaped project", `{"project_id":"\\u0041\\"","items":[\n{"id":"a"}\n]}`],
  ["a comma too few", lines('{"id":"a"}', '{"id":"b"}')],
  ["a comma too many", lines('{"id":"a"},', '{"id":"b"},')],
  ["two items on a line", lines('{"id":"a"},{"id":"b"},', '{"id":"c"}')],
  ["an item over two lines", lines('{"id":', '"a"},', '{"id":"b"}')],
  ["an item that ends on the next line's end", lines('{"id":"a","x":[{"id":"b"},', '{"id":"c"}]}')],
  ["a list that ends on a line", lines('{"id":"a"}],"items":[', '{"id":"b"}')],
  ["a list that ends within a line", lines('{"id":"a"}],"more":[{"id":"b"}')],
  ["a second list behind", lines('{"id":"a"}', '],"items":[', '{"id":"b"}')],
  ["items that are no objects", lines("1,", "null,", '[{"id":"a"}]')],
  ["blanks around items", lines(' {"id":"a"} ,', '\t{"id":"b"}\r')],
  ["a break within an item", lines('{"id":\r"a"}')],
  ["a project that looks like a list", `{"project_id":"\\"items\\":[","items":[\n{"id":"a"}\n]}`],
  ["members before the list", `{"items":[],"project_id":"p","items":[\n{"id":"a"}\n]}`],
  ["another list last", `{"project_id":"p","items":[],"b\\"items":[\n{"id":"a"}\n]}`],
  [
    "members behind the list",
    `{"project_id":"p","items":[\n{"id":"a"}\n],"items":[\n{"id":"b"}\n]}`,
  ],
  ["a raw break in a string", lines('{"id":"a', 'b"}')],
  ["a list that does not end", `{"project_id":"p","items":[\n{"id":"a"}`],
  ["something behind the end", `${lines('{"id":"a"}')}\n`],
  ["more behind the end", `${lines('{"id":"a"}')}]}`],
])("a batch with %s is what the parser says it is", (_, text) => {
  expect(byUs(text)).toEqual(byParser(text));
});

test("a batch cut up and put together at random is never taken for another one", () => {
  const parts = [
    '{"project_id":"p","items":[',
    "]}",
    '{"id":"a"}',
    '{"id":"b","x":[',
    "]",
    "}",
    ",",
  ];
  let seed = 7;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  let accepted = 0;
  for (let round = 0; round < 20_000; round++) {
    const middle = Array.from({ length: 1 + next(7) }, () => parts[2 + next(5)] ?? "");
    const text = ["\n", "", ",\n"].map((glue) => middle.join(glue)).at(next(3)) ?? "";
    const batch = `${parts[0]}\n${text}\n${parts[1]}`;
    const taken = byUs(batch);
    expect(taken).toEqual(byParser(batch));
    if (taken !== "refused") accepted++;
  }
  // Were nearly all of them refused, little would have been tried.
  expect(accepted).toBeGreaterThan(500);
});

test.each([256, 257])(
  "an item on its own line that is nested %d deep is bounded as any other",
  (depth) => {
    const item = `{"id":"a","x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
    const asLine = openBatch(lines(item));
    const asAny = openBatch(`{"items":[${item}],"project_id":"p"}`);
    if (depth > 256) {
      for (const batch of [asLine, asAny]) expect(() => batch.items()).toThrow("deeper than 256");
    } else {
      expect(asLine.items()).toEqual(asAny.items());
    }
  },
);
