import { byteSet } from "../alphabets.ts";
import { startOfValue } from "../assignment.ts";
import { isInMask, isMaskedWhole } from "../mask.ts";
import type { View } from "../view.ts";
import type { CompanyRule, Found } from "./rule.ts";

/** So long may a rule take for one block; then what stands at its keywords is masked without it. */
export const ruleMilliseconds = 50;
/** A rule that was too slow so often in one transcript is not tried any more in the rest of it. */
export const mostSlowBlocks = 8;

/** Time that this process has worked, in milliseconds: one that has to wait for others is not slow. */
export function workedMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Where a keyword of a rule stands in a view. */
export type KeywordPlace = readonly [start: number, end: number];

export interface RuleSearch {
  readonly rule: CompanyRule;
  readonly keywords: readonly KeywordPlace[];
  /** In milliseconds. */
  clock(): number;
  /** In how many blocks of this transcript each rule was too slow so far. */
  readonly slow: Record<string, number>;
}

/** Tries a rule on a view that has its keywords. */
export function searchRule(view: View, search: RuleSearch, found: Found): void {
  const { rule, keywords, clock, slow } = search;
  const keep = (start: number, end: number): void => {
    if (!isMaskedWhole(view, start, end)) found(start, end, start);
  };
  const before = slow[rule.id] ?? 0;
  if (before < mostSlowBlocks) {
    const until = clock() + ruleMilliseconds;
    const steps = rule.search(view, (start, end, from) => {
      // Of a secret that begins before this block the block before has seen the whole.
      if ((start > 0 || !view.isCut) && !isInMask(view, from)) keep(start, end);
    });
    let isDone = false;
    while (!isDone && clock() <= until) isDone = steps.next().done === true;
    if (clock() <= until) return;
  }
  slow[rule.id] = before + 1;
  if (rule.keywords.length === 0) keep(0, view.length);
  for (const place of keywords) maskKeyword(view, place, keep);
}

const delimiters = byteSet(" \t\r\n\"'`,;<>(){}[]");

/** Masks the run of text in which a keyword stands, and the value that is assigned to it. */
function maskKeyword(
  view: View,
  [start, end]: KeywordPlace,
  keep: (start: number, end: number) => void,
): void {
  if (isInMask(view, end - 1)) return;
  const { bytes, length } = view;
  const endOfRun = (from: number): number => {
    let at = from;
    while (at < length && delimiters[bytes[at] ?? 0] === 0) at++;
    return at;
  };
  let first = start;
  while (first > 0 && delimiters[bytes[first - 1] ?? 0] === 0) first--;
  const last = endOfRun(end);
  if (first < start || last > end) keep(first, last);
  const value = startOfValue(view, end);
  if (value >= last && endOfRun(value) > value) keep(value, endOfRun(value));
}
