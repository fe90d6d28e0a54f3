import { type ParseError, parse } from "jsonc-parser";
import { AppError } from "../errors.ts";
import { isObject } from "../schema/is-object.ts";

/** What must hold of the lines that a range leaves, in all files or in those that match `paths`. */
export interface Rule {
  readonly name: string;
  /** Globs; empty: every file. */
  readonly paths: readonly string[];
  readonly require_attribution?: boolean | undefined;
  readonly require_conversation?: boolean | undefined;
  readonly max_ai_percent?: number | undefined;
  /** Of commits; paths do not count here. */
  readonly require_coverage_percent?: number | undefined;
}

const requirements = {
  require_attribution: "boolean",
  require_conversation: "boolean",
  max_ai_percent: "percent",
  require_coverage_percent: "percent",
} as const;

/** Reads a policy file: JSON, comments allowed, of the form `{"rules": [{"name": …, "paths": […], …}]}`. */
export function parsePolicy(text: string): Rule[] {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || !isObject(value) || !Array.isArray(value["rules"])) {
    throw invalid("is no JSON object with a list `rules`");
  }
  const stray = Object.keys(value).find((key) => !["$schema", "rules"].includes(key));
  if (stray !== undefined) throw invalid(`has a member \`${stray}\` that means nothing`);
  return value["rules"].map((rule: unknown, at) => parseRule(rule, at + 1));
}

function parseRule(value: unknown, number: number): Rule {
  if (!isObject(value)) throw invalid(`has a rule ${number} that is no object`);
  const { name = `rule ${number}`, paths = [] } = value;
  if (typeof name !== "string" || name === "") throw invalid(`has a rule ${number} without a name`);
  const areGlobs = Array.isArray(paths) && paths.every((path) => typeof path === "string");
  if (!areGlobs) throw invalid(`has in rule \`${name}\` paths that are no list of texts`);
  let asks = 0;
  for (const [key, own] of Object.entries(value)) {
    if (key === "name" || key === "paths") continue;
    const kind = Object.hasOwn(requirements, key)
      ? requirements[key as keyof typeof requirements]
      : undefined;
    if (kind === undefined)
      throw invalid(`has in rule \`${name}\` a member \`${key}\` that means nothing`);
    const fits =
      kind === "boolean" ? typeof own === "boolean" : typeof own === "number" && isPercent(own);
    if (!fits) throw invalid(`has in rule \`${name}\` a \`${key}\` that is no ${kind}`);
    asks++;
  }
  // A rule that asks for nothing always holds, which its author cannot have meant.
  if (asks === 0) throw invalid(`has a rule \`${name}\` that asks for nothing`);
  return { ...value, name, paths };
}

export function isPercent(value: number): boolean {
  return value >= 0 && value <= 100;
}

function invalid(what: string): AppError {
  return new AppError("usage", `the policy ${what}`, {
    hint: 'write it as docs/report.md shows, such as `{"rules": [{"name": "no AI here", "paths": ["src/auth/**"], "max_ai_percent": 0}]}`',
  });
}
