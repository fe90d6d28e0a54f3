import { parseRange } from "../../git/read-history.ts";
import { type Failure, asksForLines, judge, ruleMatches } from "../../report/judge.ts";
import type { Rule } from "../../report/policy.ts";
import { type Coverage, type Lines, tally } from "../../report/tally.ts";
import type { Project } from "../projects/find-project.ts";
import { countCommits } from "./read-report.ts";
import { readSurviving } from "./read-surviving.ts";

export interface RangeCheck {
  readonly range: { readonly from: string | null; readonly to: string };
  /** What the range added, as `report` counts it. */
  readonly lines: Lines;
  readonly coverage: Coverage;
  readonly failures: readonly Failure[];
}

/** Whether rules hold of what a range leaves at its end. Lines are read only of files that a rule asks about. */
export async function checkRange(
  project: Project,
  text: string,
  { rules, signal }: { readonly rules: readonly Rule[]; readonly signal?: AbortSignal },
): Promise<RangeCheck> {
  const options = signal === undefined ? {} : { signal };
  const range = await parseRange(project.git, text);
  const commits = await countCommits(project, range, options);
  const matchers = rules.filter(asksForLines).map(ruleMatches);
  const files =
    matchers.length === 0
      ? []
      : await readSurviving(project, range, {
          commits: new Set(commits.map(({ sha }) => sha)),
          parent: range.single ? commits[0]?.parent : undefined,
          matches: (path) => matchers.some((matches) => matches(path)),
          ...options,
        });
  const { coverage, lines } = tally(commits);
  return {
    range: { from: range.from ?? null, to: range.to },
    lines,
    coverage,
    failures: judge(rules, files, coverage),
  };
}
