import { type Format, formats, tableVersion } from "./formats.ts";
import { tellingWords } from "./assignment.ts";
import type { CompanyRule } from "./company/rule.ts";
import { workedMilliseconds } from "./company/search-rules.ts";
import { type KeywordFinder, createKeywordFinder } from "./keyword-finder.ts";
import { type Matcher, compileShape } from "./matcher.ts";

/** What to try where a keyword ends. */
export type Attempt =
  | { readonly kind: "shape"; readonly matcher: Matcher }
  | { readonly kind: "named"; readonly matchers: readonly Matcher[] }
  | { readonly kind: "assignment"; readonly isPassword: boolean }
  | { readonly kind: "bearer" | "url" | "private key" }
  | { readonly kind: "value"; readonly bytes: Uint8Array; readonly rule: string }
  | { readonly kind: "company"; readonly rule: CompanyRule; readonly length: number };

/** A value that is secret because it is one of ours or stands in the repository's `.env`. */
export interface KnownSecret {
  readonly value: string;
  readonly rule: "own-secret" | "env-value";
}

/** All that decides what is masked. */
export interface Policy {
  /** Two policies of one id mask the same in the same text. It tells nothing of the values. */
  readonly id: string;
  readonly finder: KeywordFinder;
  readonly attempts: readonly Attempt[];
  readonly exceptions: Exceptions;
  /** A company's rules that no keyword calls: they are tried everywhere. */
  readonly uncalled: readonly CompanyRule[];
  /** Milliseconds, by which a company's rules are stopped. */
  clock(): number;
}

/** What is no secret although it looks like one. */
export interface Exceptions {
  /** SHA-256 in hex. */
  readonly hashes: ReadonlySet<string>;
  readonly patterns: readonly ValuePattern[];
}

/** Looks for itself anywhere in a value. */
export interface ValuePattern {
  readonly text: string;
  isIn(value: Uint8Array): boolean;
}

export interface PolicyOptions {
  readonly secrets?: readonly KnownSecret[];
  /** Values that are no secrets: their SHA-256 in hex, or patterns. */
  readonly allow?: {
    readonly hashes: readonly string[];
    readonly patterns?: readonly ValuePattern[];
  };
  /** A company's own rules, and what tells one set of them from another. */
  readonly rules?: { readonly rules: readonly CompanyRule[]; readonly text: string } | undefined;
  readonly clock?: () => number;
  /** For tests: the formats to go by, and whether whatever fits one is taken. */
  readonly formats?: readonly Format[];
  readonly isFiltered?: boolean;
}

const startOfValue = 12;

export function createPolicy(options: PolicyOptions = {}): Policy {
  const keywords: Uint8Array[] = [];
  const attempts: Attempt[] = [];
  const encoder = new TextEncoder();
  const add = (keyword: string, attempt: Attempt): void => {
    keywords.push(encoder.encode(keyword.toLowerCase()));
    attempts.push(attempt);
  };
  for (const format of options.formats ?? formats) {
    const matchers = format.shapes.map((shape) => compileShape(format, shape, options.isFiltered));
    if (format.near === undefined) {
      for (const matcher of matchers) add(matcher.keyword, { kind: "shape", matcher });
    } else for (const word of format.near) add(word, { kind: "named", matchers });
  }
  for (const { word, isPassword } of tellingWords) add(word, { kind: "assignment", isPassword });
  add("bearer", { kind: "bearer" });
  add("basic", { kind: "bearer" });
  add("://", { kind: "url" });
  add("private key", { kind: "private key" });
  const secrets = [...(options.secrets ?? [])].toSorted((a, b) => (a.value < b.value ? -1 : 1));
  for (const { value, rule } of secrets) {
    const bytes = encoder.encode(value);
    keywords.push(
      bytes
        .subarray(0, startOfValue)
        .map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)),
    );
    attempts.push({ kind: "value", bytes, rule });
  }
  const rules = options.rules?.rules ?? [];
  for (const rule of rules) {
    for (const word of rule.keywords) {
      add(word, { kind: "company", rule, length: encoder.encode(word).length });
    }
  }
  const { hashes = [], patterns = [] } = options.allow ?? {};
  const hash = new Bun.CryptoHasher("sha256");
  const known = [tableVersion, secrets, hashes.toSorted()];
  const own = [patterns.map(({ text }) => text).toSorted(), options.rules?.text ?? null];
  // What is not used leaves the id as it was.
  const isOwn = patterns.length > 0 || options.rules !== undefined;
  hash.update(JSON.stringify(isOwn ? [...known, ...own] : known));
  return {
    id: hash.digest("hex").slice(0, 16),
    finder: createKeywordFinder(keywords),
    attempts,
    exceptions: { hashes: new Set(hashes), patterns },
    uncalled: rules.filter((rule) => rule.keywords.length === 0),
    clock: options.clock ?? workedMilliseconds,
  };
}
