import { alphanumeric, byteSet } from "../alphabets.ts";
import { startOfValue } from "../assignment.ts";
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
  const keep: Found = (start, end) => {
    if (!isMasked(view, start, end)) found(start, end);
  };
  const before = slow[rule.id] ?? 0;
  if (before < mostSlowBlocks) {
    const until = clock() + ruleMilliseconds;
    const steps = rule.search(view, (start, end) => {
      // Of a secret that begins before this block the block before has seen the whole.
      if (start > 0 || !view.isCut) keep(start, end);
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
function maskKeyword(view: View, [start, end]: KeywordPlace, keep: Found): void {
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

const longestMask = 80;

/** Whether all that could be secret between two places is a mask already. */
function isMasked({ bytes, length }: View, start: number, end: number): boolean {
  const from = Math.max(0, start - longestMask);
  const text = Buffer.from(bytes.subarray(from, Math.min(length, end + longestMask))).toString(
    "latin1",
  );
  const masks = [...text.matchAll(/\[redacted:[\w.-]+\]/g)].map(({ index, 0: mask }) => ({
    start: from + index,
    end: from + index + mask.length,
  }));
  if (masks.length === 0) return false;
  for (let at = start; at < end; at++) {
    const mask = masks.find((own) => at >= own.start && at < own.end);
    if (mask !== undefined) at = mask.end - 1;
    else if (alphanumeric[bytes[at] ?? 0] === 1) return false;
  }
  return true;
}
