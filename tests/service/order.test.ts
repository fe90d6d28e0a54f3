import { describe, expect, test } from "bun:test";
import { plainTimestamps, race, rowsPerWriter, service, tally, writers } from "../support/race.ts";
import { testService } from "../support/service.ts";

describe("a reader that pages while eight writers push 12,000 rows", () => {
  test("sees each row exactly once, whatever the size of its pages", async () => {
    let moment = 1_700_000_000_000_000;
    // A clock that stands still for a while, and then is set back by a day.
    await using at = await testService({
      service: { now: () => (moment += moment % 7 === 0 ? -86_400_000_000 : 1) },
    });
    const seen = await race(service([at.url], (await at.account()).token));
    for (const limit of [1, 7, 500]) {
      expect(tally(seen.get(limit) ?? [])).toEqual({
        distinct: writers * rowsPerWriter,
        repeated: 0,
      });
    }
  }, 60_000);

  test("misses some where rows are ordered by plain timestamps (control)", async () => {
    const seen = await race(plainTimestamps());
    expect(tally(seen.get(500) ?? []).distinct).toBeLessThan(writers * rowsPerWriter);
  });
});
