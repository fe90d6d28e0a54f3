import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLines, readRecords } from "../../../src/store/files/read-lines.ts";
import { temporaryDirectory } from "../../support/directories.ts";

function read(content: string | Uint8Array): { values: unknown[]; unreadable: number } {
  using directory = temporaryDirectory();
  const path = join(directory.path, "file.jsonl");
  writeFileSync(path, content);
  let unreadable = 0;
  const values = [...readRecords(path, { onUnreadable: () => unreadable++ })].map(
    ({ value }) => value,
  );
  return { values, unreadable };
}

const a = { a: 1 };
const b = { b: 2 };

test.each([
  ["an empty file", "", [], 0],
  ["a sound file", '{"a":1}\n{"b":2}\n', [a, b], 0],
  ["no final line break", '{"a":1}\n{"b":2}', [a, b], 0],
  ["half a line at the end", '{"a":1}\n{"b":', [a], 1],
  ["half a line that was closed off", '{"a":\n{"b":2}\n', [b], 1],
  ["half a record glued to a whole one", '{"a":{"b":2}\n{"b":2}\n', [b], 1],
  ["two records glued together", '{"a":1}{"b":2}\n{"b":2}\n', [b], 1],
  ["a byte order mark", '\uFEFF{"a":1}\n', [a], 0],
  ["carriage returns", '{"a":1}\r\n{"b":2}\r\n', [a, b], 0],
  ["blank lines", '\n \n{"a":1}\n\n\t\n{"b":2}\n\n', [a, b], 0],
  ["a run of NULs on a line of its own", '{"a":1}\n\0\0\0\0\n{"b":2}\n', [a, b], 0],
  ["a run of NULs before a record", '{"a":1}\n\0\0\0\0{"b":2}\n', [a, b], 0],
  ["NULs within a record", '{"a"\0\0:1}\n{"b":2}\n', [b], 1],
  ["a lone surrogate, escaped", '{"a":"\\ud800"}\n{"b":2}\n', [{ a: "\ud800" }, b], 0],
  ["a line separator of Unicode", '{"a":"\u2028"}\n', [{ a: "\u2028" }], 0],
  ["garbage", 'nonsense\n{"b":2}\n', [b], 1],
])("%s is survived", (_name, content, values, unreadable) => {
  expect(read(content)).toEqual({ values, unreadable });
});

test("bytes that are no UTF-8 cost their own line at most", () => {
  const content = Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('{"b":2}\n')]);
  expect(read(content)).toEqual({ values: [b], unreadable: 1 });
});

test("a line of 64 MiB and deep nesting are survived", () => {
  const long = "x".repeat(64 * 1024 * 1024);
  const { values, unreadable } = read(
    `{"a":"${long}"}\n${"[".repeat(200_000)}\n${"[".repeat(200_000)}${"]".repeat(200_000)}\n{"b":2}\n`,
  );
  expect((values[0] as { a: string }).a.length).toBe(long.length);
  expect(values.at(-1)).toEqual(b);
  expect(values.length + unreadable).toBe(4);
});

test("a file that is not there has no lines, and reading can begin in its middle", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "file.jsonl");
  expect([...readLines(path)]).toEqual([]);
  writeFileSync(path, "one\ntwo\nhalf");
  expect(
    [...readLines(path, 4)].map(({ offset, bytes, terminated }) => [
      offset,
      Buffer.from(bytes ?? []).toString(),
      terminated,
    ]),
  ).toEqual([
    [4, "two", true],
    [8, "half", false],
  ]);
});

test("lines longer than what is read at once are put together", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "file.jsonl");
  const lines = [1, 300_000, 0, 262_143, 262_144, 700_001].map((length) => "y".repeat(length));
  writeFileSync(path, `${lines.join("\n")}\n`);
  expect([...readLines(path)].map(({ bytes }) => Buffer.from(bytes ?? []).toString())).toEqual(
    lines,
  );
});
