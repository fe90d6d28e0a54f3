import { expect, test } from "bun:test";
import { claimsOfSegments } from "../../src/attribution/follow-ledger.ts";

test("a ledger that claims more lines than the file has costs what the file's lines cost", () => {
  const claim = { type: "ai", trace_id: "t" };
  const segments = [
    { ...claim, start_line: 2, end_line: Number.MAX_SAFE_INTEGER },
    { ...claim, start_line: 9, end_line: 60_000_000 },
  ];
  expect([...claimsOfSegments(segments, 3).keys()]).toEqual([2, 3]);
});
