import { describe, expect, test } from "bun:test";
import { type WrittenRun, claimByEvidence } from "../../src/attribution/evidence.ts";

const written = (traceId: string, text: string): WrittenRun => ({
  claim: { traceId, timestamp: "" },
  hashes: text.split(" "),
});

/** Lines are letters, `}` is a weak one; a `+` marks lines that the commit added. Gives the traces' names by line. */
function claim(file: string, ...runs: readonly WrittenRun[]): string {
  const marked = file.split(" ");
  const hashes = marked.map((line) => line.replace("+", ""));
  const claims = claimByEvidence(
    {
      hashes,
      weak: hashes.map((hash) => hash === "}"),
      added: marked.flatMap((line, at) =>
        line.endsWith("+") ? [{ start: at + 1, end: at + 1 }] : [],
      ),
      claimed: new Map(),
    },
    runs,
  );
  return hashes.map((_, at) => claims.get(at + 1)?.traceId ?? "-").join("");
}

const all = "a b c d e f g h";

describe("lines that came back", () => {
  test.each([
    ["a+ b+ c+", "a b c", "111"],
    ["x+ a+ b+ c+ y+", "a b c", "-111-"],
    ["a+ b+ }+ c+", "a b } c", "1111"],
    ["a b+ c+ d+", "a b c d", "-111"],
    ["b+ c+ d+ e+ f+ g+", all, "111111"],
  ])("%j is claimed where %j was written", (file, run, expected) => {
    expect(claim(file, written("1", run))).toBe(expected);
  });

  test.each([
    ["two lines prove nothing", "a+ b+", "a b"],
    ["nor do common ones", "a+ }+ }+ b+", "a } } b"],
    ["nor lines in another order", "c+ b+ a+", "a b c"],
    ["nor a few of many that went", "b+ c+ d+", all],
    ["nor a copy of what still stands", "a b c a+ b+ c+", "a b c"],
    ["nor a copy of a part that still stands", "a b c d e f g h b+ c+ d+ e+ f+ g+", all],
  ])("%s", (_, file, run) => {
    expect(claim(file, written("1", run))).not.toContain("1");
  });

  test("are evidence for one copy only", () => {
    expect(claim("a+ b+ c+ x+ a+ b+ c+", written("1", "a b c"))).toBe("111----");
  });

  test("are the last writer's", () => {
    expect(claim("a+ b+ c+", written("1", "a b c"), written("2", "a b c"))).toBe("222");
  });
});

test("many equal lines are weak, and neither many nor long runs are compared pair by pair", () => {
  const equal = Array<string>(20_000).fill("a").join(" ");
  expect(claim(equal.replaceAll("a", "a+"), written("1", equal))).not.toContain("1");
  const telling = Array.from({ length: 20_000 }, (_, line) => `l${line}`).join(" ");
  expect(claim(telling.replaceAll(/(l\d+)/g, "$1+"), written("1", telling))).toBe(
    "1".repeat(20_000),
  );
});
