import { expect, test } from "bun:test";
import type { HistoryCommit } from "../../../src/git/read-history.ts";
import { parentsFirst } from "../../../src/workflows/exchange/send-commit-counts.ts";
import { seeded } from "../../support/random.ts";

const commit = (sha: number, parents: readonly number[], time: number): HistoryCommit =>
  ({
    sha: String(sha) as never,
    parents: parents.map(String),
    committedAt: new Date(time),
    author: { name: "", email: "" },
    subject: "",
    body: "",
    files: [],
  }) as unknown as HistoryCommit;

test("each commit comes after its parents, whatever the clocks of their authors said", () => {
  const random = seeded(3);
  const commits = Array.from({ length: 3000 }, (_, sha) => {
    const parents =
      sha === 0 ? [] : [sha - 1, ...(random.below(4) === 0 ? [random.below(sha)] : [])];
    return commit(sha, parents, random.below(1_000_000));
  });
  const newestFirst = commits.toSorted((a, b) => b.committedAt.getTime() - a.committedAt.getTime());
  const ordered = parentsFirst(newestFirst);
  const place = new Map(ordered.map(({ sha }, at) => [sha as string, at]));
  expect([ordered.length, place.size]).toEqual([3000, 3000]);
  for (const { sha, parents } of ordered) {
    for (const parent of parents) {
      expect(place.get(parent) ?? 0).toBeLessThan(place.get(sha) ?? 0);
    }
  }
});
