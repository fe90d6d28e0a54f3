import {
  bearerValue,
  endsAsWord,
  secretValueEnd,
  startOfValue,
  urlPassword,
} from "./assignment.ts";
import type { CompanyRule } from "./company/rule.ts";
import { type KeywordPlace, searchRule } from "./company/search-rules.ts";
import { isInMask, isMaskAt } from "./mask.ts";
import { type RunEnds, forgetRuns, matchAt, matchValue } from "./matcher.ts";
import type { Attempt, Policy } from "./policy.ts";
import { type View, placeOf } from "./view.ts";

/** A secret in a line: from where to where, in its bytes, and the rule that names its mask. */
export interface Hit {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  /** Of two hits that overlap the heavier one names the mask. */
  readonly weight: number;
}

export interface Scan {
  readonly policy: Policy;
  readonly runs: RunEnds;
  /** `[start, end)` within the view. */
  hit(view: View, at: readonly [number, number], rule: { id: string; weight: number }): void;
  /** The first line of a private key ends before this place of the view. */
  key(view: View, at: number): void;
  /** In how many blocks each of the company's rules was too slow. */
  readonly slow: Record<string, number>;
}

/** Of two matches at one place a company's rule names the mask where ours tells little. */
const companyWeight = 1000;

/** Finds every keyword of a view in one pass, and tries there what it stands for. */
export function scanView(view: View, scan: Scan): void {
  const { finder, attempts } = scan.policy;
  const { classOf, next, width, ends, endings } = finder;
  const { bytes, length } = view;
  forgetRuns(scan.runs);
  scan.runs.work += length;
  let state = 0;
  const called: Called = new Map();
  for (let at = 0; at < length; at++) {
    state = next[state * width + (classOf[bytes[at] as number] as number)] as number;
    if (ends[state] === 0) continue;
    for (const keyword of endings[state] ?? []) {
      const attempt = attempts[keyword];
      if (attempt?.kind === "company") call(called, attempt, at + 1);
      else if (attempt !== undefined) tryHere(view, at + 1, { attempt, scan });
    }
  }
  for (const rule of scan.policy.uncalled) called.set(rule, []);
  for (const [rule, keywords] of called) {
    searchRule(view, { rule, keywords, clock: scan.policy.clock, slow: scan.slow }, (start, end) =>
      scan.hit(view, [start, end], { id: rule.id, weight: companyWeight }),
    );
  }
}

/** The company's rules whose keywords stand in a view, and where. */
type Called = Map<CompanyRule, KeywordPlace[]>;

function call(called: Called, { rule, length }: Attempt & { kind: "company" }, end: number): void {
  const places = called.get(rule);
  if (places === undefined) called.set(rule, [[end - length, end]]);
  else places.push([end - length, end]);
}

function tryHere(
  view: View,
  end: number,
  { attempt, scan }: { attempt: Exclude<Attempt, { kind: "company" }>; scan: Scan },
): void {
  const hit = (at: readonly [number, number], rule: { id: string; weight: number }): void => {
    // Words in a mask's own name name nothing: a second run changes nothing.
    if (!isInMask(view, end - 1)) scan.hit(view, at, rule);
  };
  switch (attempt.kind) {
    case "shape": {
      const { matcher } = attempt;
      const start = end - matcher.keyword.length - matcher.before;
      const stop = matchAt(view, start, matcher, scan.runs);
      if (stop > 0) hit([start, stop], { id: matcher.rule, weight: matcher.weight });
      return;
    }
    case "named": {
      const start = startOfValue(view, end);
      if (start < 0) return;
      for (const matcher of attempt.matchers) {
        const stop = matchValue(view, start, matcher, scan.runs);
        if (stop > 0) {
          hit([start, stop], { id: matcher.rule, weight: 500 });
          return;
        }
      }
      return;
    }
    case "assignment": {
      if (!endsAsWord(view, end)) return;
      const start = startOfValue(view, end);
      if (start < 0 || isMaskAt(view, start)) return;
      const stop = secretValueEnd(view, start, attempt.isPassword);
      const id = attempt.isPassword ? "password" : "secret-value";
      if (stop > 0) hit([start, stop], { id, weight: 100 });
      return;
    }
    case "bearer": {
      const found = bearerValue(view, end);
      if (found !== undefined) hit(found, { id: "authorization", weight: 200 });
      return;
    }
    case "url": {
      const found = urlPassword(view, end);
      if (found !== undefined) hit(found, { id: "url-password", weight: 300 });
      return;
    }
    case "private key":
      return scan.key(view, end);
    case "value": {
      const start = end - Math.min(12, attempt.bytes.length);
      if (start < 0 || start + attempt.bytes.length > view.length) return;
      if (!attempt.bytes.every((byte, index) => view.bytes[start + index] === byte)) return;
      const found = [start, start + attempt.bytes.length] as const;
      hit(found, { id: attempt.rule, weight: 5000 });
    }
  }
}

export function toHit(
  view: View,
  [start, end]: readonly [number, number],
  rule: { id: string; weight: number },
): Hit {
  return {
    rule: rule.id,
    weight: rule.weight,
    start: placeOf(view, start),
    end: placeOf(view, end),
  };
}
