import { Matcher as Match, RE2JS } from "re2js";
import { AppError } from "../../errors.ts";
import { entropyOf } from "../entropy.ts";
import type { View } from "../view.ts";

/** Exceptions of one rule, or of a whole file: all that is given must hold where `isAll`, else one of it. */
export interface Exceptions {
  readonly isAll: boolean;
  readonly target: "secret" | "match" | "line";
  readonly patterns: readonly string[];
  /** In lower case. */
  readonly words: readonly string[];
}

/** One rule as a file has it. */
export interface RuleFacts {
  readonly id: string;
  readonly regex: string;
  /** In lower case. Without any the rule is tried everywhere. */
  readonly keywords: readonly string[];
  /** 0: the first group that took part, else the whole match. */
  readonly secretGroup: number;
  readonly entropy: number;
  readonly exceptions: readonly Exceptions[];
}

/** What a rule found: where the secret stands in a view, and from where on the expression fitted. */
export type Found = (start: number, end: number, from: number) => void;

/** A company's rule. Its expressions are compiled when its first keyword comes along, or by `compile`. */
export interface CompanyRule extends RuleFacts {
  compile(): void;
  /** Gives the secrets of a view one after the other; each step costs at most one pass over the view. */
  search(view: View, found: Found): Generator<void>;
}

/** `where` names file and rule: it begins every message. */
export function createRule(facts: RuleFacts, where: string): CompanyRule {
  let compiled: Compiled | undefined;
  const compile = (): Compiled => (compiled ??= compileAll(facts, where));
  return {
    ...facts,
    compile: () => void compile(),
    *search(view, found) {
      const { expression, exceptions } = compile();
      const bytes = view.bytes.subarray(0, view.length);
      const match = expression.matcher(bytes);
      while (match.find()) {
        const [start, end] = secretOf(match, facts.secretGroup);
        if (isSecret(bytes, { start, end, match, facts, exceptions }))
          found(start, end, match.start());
        yield;
      }
    },
  };
}

interface Compiled {
  readonly expression: RE2JS;
  readonly exceptions: readonly CompiledExceptions[];
}

interface CompiledExceptions extends Omit<Exceptions, "patterns"> {
  readonly patterns: readonly RE2JS[];
}

/** Of the rules of large files the largest have half of it; time grows with it on every byte. */
const largestProgram = 4000;

function compileAll({ regex, exceptions, secretGroup }: RuleFacts, where: string): Compiled {
  const expression = compileExpression(regex, where);
  if (secretGroup > expression.groupCount()) {
    throw new AppError("usage", `${where}: there is no group ${secretGroup} in its expression`, {
      hint: `set \`secretGroup\` to at most ${expression.groupCount()}`,
    });
  }
  return {
    expression,
    exceptions: exceptions.map((own) => ({
      ...own,
      patterns: own.patterns.map((pattern) => compileExpression(pattern, `${where}: allowlist`)),
    })),
  };
}

/** Compiles an expression in RE2's syntax, which is Go's. */
export function compileExpression(text: string, where: string): RE2JS {
  try {
    const expression = RE2JS.compile(text);
    if (expression.programSize() <= largestProgram) return expression;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("usage", `${where}: ${reason}`, {
      cause: error,
      hint: "write it in RE2's syntax, as Go has it: without lookaround and back-references",
    });
  }
  throw new AppError("usage", `${where}: its expression is too large`, {
    hint: "ask for fewer repetitions, such as `{20,}` for `{20,1000}`",
  });
}

function secretOf(match: Match, group: number): [start: number, end: number] {
  if (group > 0 && match.start(group) >= 0) return [match.start(group), match.end(group)];
  for (let own = 1; own <= match.groupCount(); own++) {
    if (match.start(own) >= 0 && match.end(own) > match.start(own)) {
      return [match.start(own), match.end(own)];
    }
  }
  return [match.start(), match.end()];
}

interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly match: Match;
  readonly facts: RuleFacts;
  readonly exceptions: readonly CompiledExceptions[];
}

function isSecret(bytes: Uint8Array, candidate: Candidate): boolean {
  const { start, end, match, facts, exceptions } = candidate;
  if (end <= start) return false;
  if (facts.entropy > 0 && entropyOf(bytes, start, end) <= facts.entropy) return false;
  const secret = bytes.subarray(start, end);
  return !exceptions.some((own) => isExcepted(own, { bytes, secret, match }));
}

function isExcepted(
  { isAll, target, patterns, words }: CompiledExceptions,
  at: { readonly bytes: Uint8Array; readonly secret: Uint8Array; readonly match: Match },
): boolean {
  const checks: boolean[] = [];
  if (patterns.length > 0) {
    const text = target === "secret" ? at.secret : textAround(at.bytes, at.match, target);
    checks.push(patterns.some((pattern) => pattern.matcher(text).find()));
  }
  if (words.length > 0) {
    const text = Buffer.from(at.secret).toString("utf8").toLowerCase();
    checks.push(words.some((word) => text.includes(word)));
  }
  return checks.length > 0 && (isAll ? checks.every(Boolean) : checks.some(Boolean));
}

function textAround(bytes: Uint8Array, match: Match, target: "match" | "line"): Uint8Array {
  if (target === "match") return bytes.subarray(match.start(), match.end());
  const before = bytes.lastIndexOf(0x0a, Math.max(0, match.start() - 1));
  const behind = bytes.indexOf(0x0a, match.end());
  return bytes.subarray(before + 1, behind < 0 ? bytes.length : behind);
}
