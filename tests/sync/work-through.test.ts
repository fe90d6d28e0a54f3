import { expect, test } from "bun:test";
import { workThrough } from "../../src/sync/work-through.ts";

test("works on so many items at once and on all of them", async () => {
  let now = 0;
  let most = 0;
  const done: number[] = [];
  await workThrough([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    done.push(item);
  });
  expect({ most, done: done.toSorted() }).toEqual({ most: 2, done: [1, 2, 3, 4, 5] });
});

test("begins nothing after a failure, lets the others end, and throws it", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const failure = new Error("no");
  const work = workThrough([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    await Promise.resolve();
    if (item === 1) throw failure;
    await Promise.resolve();
    ended.push(item);
  });
  await expect(work).rejects.toBe(failure);
  expect({ begun, ended }).toEqual({ begun: [1, 2], ended: [2] });
});
