import { expect, test } from "bun:test";
import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { appendLines } from "../../../src/store/files/append.ts";
import { temporaryDirectory } from "../../support/directories.ts";

test("lines are appended each with its terminator, and the place they stand at is told", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "made/traces.jsonl");
  const first = appendLines(path, ['{"a":1}', '{"b":"é"}']);
  const second = appendLines(path, ['{"c":3}']);
  expect(readFileSync(path, "utf8")).toBe('{"a":1}\n{"b":"é"}\n{"c":3}\n');
  expect([first.offset, first.bytes, first.sizeBefore]).toEqual([0, 19, 0]);
  expect([second.offset, second.bytes, second.sizeBefore]).toEqual([19, 8, 19]);
});

test("half a line that a kill left behind is closed off and not glued to the next record", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "traces.jsonl");
  writeFileSync(path, '{"a":1}\n{"b":');
  const { offset, sizeBefore } = appendLines(path, ['{"c":3}']);
  expect(readFileSync(path, "utf8")).toBe('{"a":1}\n{"b":\n{"c":3}\n');
  expect([offset, sizeBefore]).toEqual([14, 13]);
});

test("a record of more than one line is refused before anything is written", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "traces.jsonl");
  expect(() => appendLines(path, ["{}", "{\n}"])).toThrow("one line");
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test("a file that was replaced while it was open is appended to at its new place", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "traces.jsonl");
  appendLines(path, ["{}"]);
  writeFileSync(`${path}.new`, '{"z":1}\n');
  renameSync(`${path}.new`, path);
  appendFileSync(path, "");
  appendLines(path, ['{"y":2}']);
  expect(readFileSync(path, "utf8")).toBe('{"z":1}\n{"y":2}\n');
});
