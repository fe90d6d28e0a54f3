import { describe, expect, test } from "bun:test";
import { readPlainTrace } from "../../src/schema/plain-trace.ts";
import { localMetadata } from "../../src/schema/trace.ts";
import { factsOf } from "../../src/service/derived/row-facts.ts";
import { hasLocalMetadata, indexedRow, isEditTrace } from "../../src/store/index/indexed-row.ts";

const hash = `sha256:${"a".repeat(64)}`;
const line = { line_offset: 0, hash };
const range = { start_line: 1, end_line: 2, content_hash: hash, line_hashes: [line, line] };
const file = {
  path: "src/a b/ü.ts",
  conversations: [
    {
      contributor: { type: "ai", model_id: "anthropic/claude" },
      ranges: [range, range],
      id: "c",
      content_sha256: "d",
    },
  ],
};
const trace = {
  version: "2.0",
  id: "one",
  timestamp: "2026-02-10T12:00:00.123456+00:00",
  tool: { name: "claude-code", version: "2.1.3" },
  files: [file],
  vcs: { type: "git", revision: "e" },
  metadata: { session_id: "s", edit_sequence: 3, is_creation: false, nothing: null },
};

/** As Python's `json` writes it. */
const spaced = (value: object): string =>
  JSON.stringify(value).replace(/([,:])(?=["[{\dtfn])/g, "$1 ");
const known = {
  id: "one",
  timestamp: trace.timestamp,
  tool: { name: "claude-code" },
  files: [
    {
      path: file.path,
      conversations: [{ contributor: { model_id: "anthropic/claude" }, id: "c" }],
    },
  ],
};

describe("a trace in the usual shape", () => {
  test("gives what push and pull ask for, from either program", () => {
    expect(readPlainTrace(JSON.stringify(trace))).toEqual(known);
    const theirs = spaced({ ...trace, timestamp: "t" });
    expect(JSON.parse(theirs)).toEqual({ ...trace, timestamp: "t" });
    expect(readPlainTrace(theirs)).toEqual({ ...known, timestamp: "t" });
  });

  const bare = {
    version: "2.0",
    id: "two",
    timestamp: "t",
    files: [
      {
        path: "a",
        conversations: [{ contributor: { type: "ai" }, ranges: [{ start_line: 1, end_line: 1 }] }],
      },
    ],
    metadata: {},
  };

  test.each([trace, bare])("gives the same as a parse to whoever asks", (value) => {
    const text = JSON.stringify(value);
    const plain = readPlainTrace(text) ?? {};
    expect(indexedRow("traces", plain)).toEqual(indexedRow("traces", JSON.parse(text)) as never);
    expect([isEditTrace(plain), hasLocalMetadata("traces", plain)]).toEqual([true, false]);
    expect(factsOf("traces", value.id, plain)).toEqual(
      factsOf("traces", value.id, JSON.parse(text)),
    );
  });
});

const text = JSON.stringify(trace);
test.each([
  ["an escape", text.replace("src/a b", "src\\u0061")],
  ["a member that is not known", text.replace('"vcs":', '"more":1,"vcs":')],
  ["two files", JSON.stringify({ ...trace, files: [file, file] })],
  ["no file", JSON.stringify({ ...trace, files: [] })],
  ["an empty id", text.replace('"one"', '""')],
  ["a nested fact", JSON.stringify({ ...trace, metadata: { a: [] } })],
  ["more behind its end", `${text} `],
  ["another row behind it", `${text},${text}`],
  ["a raw line break", text.replace(',"files"', ',\n"files"')],
  ["a raw control character", text.replace("claude-code", "claude\u0001code")],
  ["a number with a zero in front", text.replace('"start_line":1', '"start_line":01')],
  ["nothing in a list", text.replace(JSON.stringify(line), "")],
  ["a comma too many", text.replace(`${JSON.stringify(line)}]`, `${JSON.stringify(line)},]`)],
  ["half of it", text.slice(0, -20)],
  ["no braces", text.slice(1, -1)],
  ["more than it may cost", text.replace('"s"', `"${"s".repeat(65536)}"`)],
  ...localMetadata.map(
    (name) => [name, JSON.stringify({ ...trace, metadata: { a: 1, [name]: "x" } })] as const,
  ),
])("%s: has to be parsed", (_, other) => {
  expect(readPlainTrace(other)).toBeUndefined();
});

test("a text that is cut or changed anywhere is never taken for JSON where it is none", () => {
  for (let at = 0; at < text.length; at++) {
    for (const other of [
      text.slice(0, at),
      text.slice(0, at) + text.slice(at + 1),
      `${text.slice(0, at)}"${text.slice(at)}`,
    ]) {
      if (readPlainTrace(other) !== undefined) expect(() => JSON.parse(other)).not.toThrow();
    }
  }
});
