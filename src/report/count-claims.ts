/** A run of lines that one trace wrote, as a ledger has it. */
export interface ClaimedRun {
  readonly start_line: number;
  readonly end_line: number;
}

/**
 * How many lines each run claims, in the order of their lines. A line counts once, and all together claim no more than
 * the commit added: a ledger may come from a machine that says anything.
 */
export function countClaims<Run extends ClaimedRun>(
  runs: readonly Run[],
  added: number,
): { readonly run: Run; readonly lines: number }[] {
  let end = 0;
  let left = added;
  return [...runs]
    .sort((one, other) => one.start_line - other.start_line)
    .flatMap((run) => {
      const start = Math.max(run.start_line, end + 1, 1);
      const lines = Math.min(left, run.end_line - start + 1);
      if (!(lines > 0)) return [];
      end = Math.max(end, run.end_line);
      left -= lines;
      return [{ run, lines }];
    });
}
