import { describe, expect, test } from "bun:test";
import { type FileStep, leavesOf, stepsOf } from "../../src/attribution/branch.ts";
import { type CommittedFile, type Material, claimFile } from "../../src/attribution/claim-file.ts";
import { findGone } from "../../src/attribution/gone-branch.ts";
import { goneFiles, noGoneFiles } from "../../src/attribution/moved-file.ts";
import { hashLines } from "../../src/attribution/line-hashes.ts";
import { hashLine } from "../../src/schema/digest.ts";
import type { ClaimedSegment } from "../../src/schema/ledger.ts";
import type { PendingFile } from "../../src/schema/pending.ts";
import type { Trace } from "../../src/schema/trace.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = (text: string): string =>
  text
    .split(" ")
    .map((word) => `${word}\n`)
    .join("");

/** Words are lines; a `+` marks those that the commit added. */
function committed(text: string, more: Partial<CommittedFile> = {}): CommittedFile {
  const words = text.split(" ");
  return {
    path: "a",
    oldPath: "a",
    oldBlob: "0",
    newBlob: "1",
    content: bytes(lines(words.map((word) => word.replace("+", "")).join(" "))),
    added: words.flatMap((word, at) =>
      word.endsWith("+") ? [{ start: at + 1, end: at + 1 }] : [],
    ),
    ...more,
  };
}

/** Words that end in a digit are that agent's. */
function pending(text: string, path = "a"): PendingFile {
  const words = text.split(" ");
  const traces = [...new Set(words.flatMap((word) => /\d$/.exec(word)?.[0] ?? []))];
  return {
    version: 1,
    path,
    text: lines(text),
    authors: words.map((word) => [1, traces.indexOf(/\d$/.exec(word)?.[0] ?? "-")] as const),
    claims: traces.map((traceId) => ({ traceId, timestamp: "2026-01-01" })),
    toolUses: [],
  };
}

function trace(id: string, path: string, text: string): Trace {
  const line_hashes = text
    .split(" ")
    .map((word, line_offset) => ({ line_offset, hash: hashLine(word) }));
  return {
    version: "2.0",
    id,
    timestamp: "2026-01-01",
    files: [
      {
        path,
        conversations: [{ ranges: [{ start_line: 1, end_line: line_hashes.length, line_hashes }] }],
      },
    ],
  };
}

const nothing: Material = {
  pending: new Map(),
  gone: noGoneFiles,
  sources: [],
  traces: [],
  shrunk: [],
};

/** The trace of each line of the file, `-` where none is claimed. */
function claim(file: CommittedFile, material: Partial<Material>): string {
  const { claims } = claimFile(file, { ...nothing, ...material });
  const count = hashLines(file.content).hashes.length;
  return Array.from({ length: count }, (_, at) => claims.get(at + 1)?.traceId ?? "-").join("");
}

const held = (...files: PendingFile[]): ReadonlyMap<string, PendingFile> =>
  new Map(files.map((file) => [file.path, file]));

describe("a committed line is the agent's", () => {
  test.each<[string, CommittedFile, Partial<Material>, string]>([
    [
      "where the pending file says so",
      committed("p b1+ q c2+"),
      { pending: held(pending("p b1 q c2")) },
      "-1-2",
    ],
    [
      "not where it stood before the commit",
      committed("b1 c2+"),
      { pending: held(pending("b1 c2")) },
      "-2",
    ],
    [
      "not where a person changed it",
      committed("p x+ q"),
      { pending: held(pending("p b1 q")) },
      "---",
    ],
    [
      "under a new name",
      committed("p b1+ q+", { path: "new", oldPath: "new", oldBlob: undefined }),
      { pending: held(pending("p b1 q", "old")), gone: goneFiles([pending("p b1 q", "old")]) },
      "-1-",
    ],
    [
      "not under a new name while the old file is there",
      committed("p b1+ q+", { path: "new", oldPath: "new", oldBlob: undefined }),
      { pending: held(pending("p b1 q", "old")) },
      "---",
    ],
    [
      "where a text of which it was made says so",
      committed("x+ p b1+"),
      {
        sources: [
          {
            content: bytes(lines("p b1")),
            claims: new Map([[2, { traceId: "s", timestamp: "" }]]),
          },
        ],
      },
      "--s",
    ],
    [
      "by hash, where three telling lines came back",
      committed("p aa+ bb+ cc+"),
      { traces: [trace("t", "a", "aa bb cc")] },
      "-ttt",
    ],
    [
      "not by hash, where two did",
      committed("p aa+ bb+"),
      { traces: [trace("t", "a", "aa bb")] },
      "---",
    ],
    [
      "not by hash of another file",
      committed("aa+ bb+ cc+"),
      { traces: [trace("t", "z", "aa bb cc")] },
      "---",
    ],
    [
      "by hash of another file that lost it",
      committed("aa+ bb+ cc+"),
      {
        traces: [trace("t", "z", "aa bb cc")],
        shrunk: [{ oldPath: "z", before: bytes(lines("aa bb cc")), after: undefined }],
      },
      "ttt",
    ],
    [
      "by hash of another file that lost all but common lines around it",
      committed("aa+ bb+ cc+"),
      {
        traces: [trace("t", "z", "{ aa bb cc }")],
        shrunk: [
          { oldPath: "z", before: bytes(lines("{ aa bb cc }")), after: bytes(lines("{ }")) },
        ],
      },
      "ttt",
    ],
    [
      "not by hash of a part of what another file lost",
      committed("aa+ bb+ cc+"),
      {
        traces: [trace("t", "z", "{ aa bb cc dd }")],
        shrunk: [
          { oldPath: "z", before: bytes(lines("{ aa bb cc dd }")), after: bytes(lines("{ }")) },
        ],
      },
      "---",
    ],
  ])("%s", (_, file, material, expected) => {
    expect(claim(file, material)).toBe(expected);
  });
});

const segment = (start_line: number, texts: string, trace_id: string): ClaimedSegment => {
  const evidence = texts
    .split(" ")
    .map((word, at) => ({ line: start_line + at, hash: hashLine(word) }));
  return { start_line, end_line: start_line + evidence.length - 1, type: "ai", trace_id, evidence };
};

describe("a branch", () => {
  const step = (
    commit: string,
    oldBlob: string | undefined,
    newBlob: string | undefined,
    more: Partial<FileStep> = {},
  ): FileStep => ({
    commit,
    path: "a",
    oldPath: "a",
    oldBlob,
    newBlob,
    segments: [],
    ...more,
  });
  const leaves = (...steps: FileStep[]): string[] =>
    leavesOf(stepsOf(steps, ["a"])).map(
      ({ step: { newBlob }, isOnly }) => `${newBlob}${isOnly ? " alone" : ""}`,
    );

  test.each<[string, FileStep[], string[]]>([
    ["ends where no step goes on", [step("1", undefined, "one"), step("2", "one", "two")], ["two"]],
    ["of one step says so", [step("1", undefined, "one")], ["one alone"]],
    ["may have two ends", [step("1", "zero", "one"), step("2", "zero", "two")], ["one", "two"]],
    [
      "that took the file away has none",
      [step("1", undefined, "one"), step("2", "one", undefined)],
      [],
    ],
    [
      "is followed back through a rename",
      [
        step("1", undefined, "one", { path: "old", oldPath: "old" }),
        step("2", "one", "two", { oldPath: "old" }),
      ],
      ["two"],
    ],
    ["has nothing of other files", [step("1", undefined, "one", { path: "b", oldPath: "b" })], []],
  ])("%s", (_, steps, expected) => {
    expect(leaves(...steps)).toEqual(expected);
  });
});

describe("a ledger whose commit is gone", () => {
  const find = (text: string, ...segments: ClaimedSegment[]): string => {
    const file = committed(text);
    const { claims, telling } = findGone(segments, {
      ...hashLines(file.content),
      added: file.added,
    });
    return `${[...claims.keys()].sort((one, other) => one - other).join(" ")} (${telling})`;
  };

  test.each<[string, string, ClaimedSegment[], string]>([
    [
      "proves its lines in their order",
      "x+ aa+ y+ bb+ cc+",
      [segment(1, "aa bb cc", "t")],
      "2 4 5 (3)",
    ],
    ["not in another one", "cc+ aa+", [segment(1, "aa cc", "t")], "1 (1)"],
    ["common lines beside a telling one", "aa+ }+ x+ }+", [segment(1, "aa } }", "t")], "1 2 (1)"],
    ["no common line twice", "aa+ }+ }+ bb+", [segment(1, "aa } bb", "t")], "1 4 (2)"],
    ["not what stood before the commit", "aa bb+", [segment(1, "aa bb", "t")], "2 (1)"],
  ])("%s", (_, text, segments, expected) => {
    expect(find(text, ...segments)).toBe(expected);
  });
});
