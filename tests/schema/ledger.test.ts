import { expect, test } from "bun:test";
import { readLedger } from "../../src/schema/ledger.ts";
import { readTrace } from "../../src/schema/trace.ts";

const claim = (start_line: unknown, end_line: unknown, more: object = {}) => ({
  start_line,
  end_line,
  type: "ai",
  trace_id: "t",
  ...more,
});

/** The lines that a ledger's claims on `a` have once it is let in. */
function lines(...segments: unknown[]): string[] | undefined {
  const ledger = readLedger({ commit_sha: "c", files: { a: { line_attributions: segments } } });
  return ledger?.files["a"]?.line_attributions.map(
    (found) => `${found.start_line}-${found.end_line}`,
  );
}

test.each<[string, unknown[], string[]]>([
  ["claims stand in order", [claim(5, 6), claim(1, 2)], ["1-2", "5-6"]],
  [
    "and share no line",
    [claim(1, 60_000_000), claim(2, 9), claim(1, 60_000_001)],
    ["1-60000000", "60000001-60000001"],
  ],
  ["lines begin with 1", [claim(-4, 2)], ["1-2"]],
  [
    "what is no number, no claim or no object is left out",
    [claim("1", 2), claim(1, 2, { type: "human" }), claim(1.5, 2), null, 7, claim(3, 2)],
    [],
  ],
])("of a ledger, %s", (_, segments, expected) => {
  expect(lines(...segments)).toEqual(expected);
});

test("what is no ledger is none", () => {
  for (const value of [null, [], "x", {}, { commit_sha: "c" }, { commit_sha: "c", files: [] }]) {
    expect(readLedger(value)).toBeUndefined();
  }
});

test("of a trace the parts of a wrong shape are left out, and line hashes stand in order", () => {
  const hashes = [
    { line_offset: 1, hash: "b" },
    { line_offset: 0, hash: "a" },
    { line_offset: "2", hash: "c" },
    5,
  ];
  const ranges = [{ start_line: -3, end_line: "x", line_hashes: hashes }, null];
  const value = { id: "1", files: [{ path: "a", conversations: [{ ranges }, 4] }, { path: 3 }] };
  expect(readTrace(value)?.files).toEqual([
    {
      path: "a",
      conversations: [
        {
          ranges: [
            {
              start_line: 1,
              end_line: 0,
              line_hashes: [
                { line_offset: 0, hash: "a" },
                { line_offset: 1, hash: "b" },
              ],
            },
          ],
        },
      ],
    },
  ]);
  for (const wrong of [null, [], { id: "1" }, { id: "", files: [] }])
    expect(readTrace(wrong)).toBeUndefined();
});
