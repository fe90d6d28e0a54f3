import type { Rule } from "./policy.ts";
import { percent, plural } from "./render-table.ts";
import type { Coverage } from "./tally.ts";

/** Neighbouring lines that a range leaves, of one author. 1-based, inclusive, in the file at the range's end. */
export interface LineRun {
  readonly start_line: number;
  readonly end_line: number;
  readonly ai: boolean;
  /** Whether the conversation that they came from is kept here. */
  readonly hasConversation: boolean;
}

export interface JudgedFile {
  readonly path: string;
  readonly runs: readonly LineRun[];
}

export interface Failure {
  readonly rule: string;
  readonly requirement: "attribution" | "conversation" | "max-ai" | "coverage";
  readonly message: string;
  /** Null where the range as a whole fails. */
  readonly path: string | null;
  readonly start_line: number | null;
  readonly end_line: number | null;
}

const lengthOf = ({ start_line, end_line }: LineRun): number => end_line - start_line + 1;

/** Whether anything of a rule asks for lines; reading those costs a blame a file. */
export function asksForLines(rule: Rule): boolean {
  return (
    rule.require_attribution === true ||
    rule.require_conversation === true ||
    rule.max_ai_percent !== undefined
  );
}

export function ruleMatches({ paths }: Rule): (path: string) => boolean {
  if (paths.length === 0) return () => true;
  const globs = paths.map((pattern) => new Bun.Glob(pattern));
  return (path) => globs.some((glob) => glob.match(path));
}

/** Everything that fails, rule by rule and file by file; empty where all holds. */
export function judge(
  rules: readonly Rule[],
  files: readonly JudgedFile[],
  coverage: Coverage,
): Failure[] {
  return rules.flatMap((rule) => {
    const matches = ruleMatches(rule);
    const own = files.filter(({ path }) => matches(path));
    return [
      ...(rule.require_attribution === true ? withoutAttribution(rule, own) : []),
      ...(rule.require_conversation === true ? withoutConversation(rule, own) : []),
      ...tooMuchAi(rule, own),
      ...tooLittleCoverage(rule, coverage),
    ];
  });
}

function atLines(path: string, run: LineRun | undefined) {
  return { path, start_line: run?.start_line ?? null, end_line: run?.end_line ?? null };
}

function withoutAttribution({ name }: Rule, files: readonly JudgedFile[]): Failure[] {
  return files.flatMap(({ path, runs }) =>
    joined(runs.filter(({ ai }) => !ai)).map((run) => ({
      rule: name,
      requirement: "attribution",
      message: `no attribution of ${plural(lengthOf(run), "line")}`,
      ...atLines(path, run),
    })),
  );
}

function withoutConversation({ name }: Rule, files: readonly JudgedFile[]): Failure[] {
  return files.flatMap(({ path, runs }) =>
    joined(runs.filter(({ ai, hasConversation }) => ai && !hasConversation)).map((run) => ({
      rule: name,
      requirement: "conversation",
      message: `the conversation behind ${plural(lengthOf(run), "line")} is not kept here`,
      ...atLines(path, run),
    })),
  );
}

function tooMuchAi(rule: Rule, files: readonly JudgedFile[]): Failure[] {
  const { name, max_ai_percent: most } = rule;
  if (most === undefined) return [];
  const runs = files.flatMap(({ path, runs: own }) => own.map((run) => ({ path, run })));
  const written = runs.filter(({ run }) => run.ai);
  const sum = (some: typeof runs) => some.reduce((all, { run }) => all + lengthOf(run), 0);
  const [ai, all] = [sum(written), sum(runs)];
  if (all === 0 || ai * 100 <= most * all) return [];
  const longest = written.reduce((one, other) =>
    lengthOf(other.run) > lengthOf(one.run) ? other : one,
  );
  const message = `${percent(ai, all)} of ${plural(all, "line")} are AI, and ${most} % are allowed; the longest run is here`;
  return [{ rule: name, requirement: "max-ai", message, ...atLines(longest.path, longest.run) }];
}

function tooLittleCoverage(rule: Rule, coverage: Coverage): Failure[] {
  const { name, require_coverage_percent: least } = rule;
  if (least === undefined) return [];
  const known = coverage.hooks + coverage.later;
  if (known * 100 >= least * coverage.commits) return [];
  const message = `${known} of ${plural(coverage.commits, "commit")} recorded (${percent(known, coverage.commits)}), and ${least} % are required`;
  const nowhere = { path: null, start_line: null, end_line: null };
  return [{ rule: name, requirement: "coverage", message, ...nowhere }];
}

function joined(runs: readonly LineRun[]): LineRun[] {
  const whole: LineRun[] = [];
  for (const run of runs) {
    const last = whole.at(-1);
    if (last?.end_line === run.start_line - 1) {
      whole[whole.length - 1] = { ...last, end_line: run.end_line };
    } else whole.push(run);
  }
  return whole;
}
