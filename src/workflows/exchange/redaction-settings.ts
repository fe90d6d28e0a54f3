import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { AppError } from "../../errors.ts";
import type { CompanyRules } from "../../redaction/company/parse-rules.ts";
import type { PolicyOptions } from "../../redaction/policy.ts";

const largestFile = 1024 * 1024;

/** The text of a small regular file; undefined for anything else, which is neither waited for nor followed far. */
export function readSmallFile(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > largestFile) return undefined;
    return readFileSync(descriptor, "utf8");
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** What `redaction.allow` and `redaction.rules` add to a policy. `root` is where a relative path begins. */
export interface OwnSettings {
  readonly allow?: string | undefined;
  readonly rules?: string | undefined;
  readonly root: string;
}

/** The engine for expressions is large: it is loaded where somebody has written some. */
export async function readOwnSettings({
  allow = "",
  rules,
  root,
}: OwnSettings): Promise<Pick<PolicyOptions, "allow" | "rules">> {
  const options = { allow: await parseAllow(allow) };
  if (rules === undefined) return options;
  const { text, parsed } = await readRules(resolve(root, rules), rules);
  return { ...options, rules: { rules: parsed.rules, text } };
}

/**
 * Values that are no secrets, with commas or blanks between them: SHA-256 in hex, and patterns between slashes. Fails
 * with `usage` at what is neither, and at a pattern that would allow everything.
 */
export async function parseAllow(typed: string): Promise<NonNullable<PolicyOptions["allow"]>> {
  const words = typed.match(/\/(?:\\.|[^/\\])*\/(?=[\s,]|$)|[^\s,]+/g) ?? [];
  const isPattern = (word: string): boolean => /^\/.+\/$/s.test(word);
  const hashes = words.filter((word) => !isPattern(word)).map((word) => word.toLowerCase());
  const wrong = hashes.find((word) => !/^[0-9a-f]{64}$/.test(word));
  if (wrong !== undefined) {
    throw new AppError(
      "usage",
      `\`${wrong}\` in \`redaction.allow\` is no SHA-256 and no pattern`,
      {
        hint: "give a value's SHA-256 in hex, or a pattern between slashes, such as `/^test-/`",
      },
    );
  }
  const texts = words.filter(isPattern);
  if (texts.length === 0) return { hashes };
  const { createPattern } = await import("../../redaction/company/pattern.ts");
  return { hashes, patterns: texts.map((text) => createPattern(text)) };
}

/** Reads a file of rules; `shown` is how the person knows it. Fails with `usage`, naming file and rule. */
export async function readRules(
  path: string,
  shown: string,
): Promise<{ readonly text: string; readonly parsed: CompanyRules }> {
  const text = readSmallFile(path);
  if (text === undefined) {
    throw new AppError("usage", `the rules in \`${shown}\` cannot be read`, {
      hint: "name a file of at most 1 MiB with `agent-trace config set redaction.rules <file>`, or take them back with `agent-trace config reset redaction.rules`",
    });
  }
  const { parseRules } = await import("../../redaction/company/parse-rules.ts");
  return { text, parsed: parseRules(text, shown) };
}

/** How a file's path is kept: from the work tree's root where it lies in it, so that it holds in each work tree. */
export function keptPath(root: string, path: string): string {
  const inside = relative(root, path);
  return inside === "" || inside.startsWith("..") ? path : inside.replaceAll("\\", "/");
}
