import type { Argument, Arguments } from "../command.ts";
import { AppError } from "../errors.ts";
import { suggest } from "./suggest.ts";

/** What a command line said: options by name, positionals in order. */
export interface ParsedLine {
  readonly options: ReadonlyMap<string, string | boolean>;
  readonly positionals: readonly string[];
  /** The words that were not parsed, because parsing was to stop at the first word that is no option. */
  readonly rest: readonly string[];
}

const usage = (message: string, hint?: string): AppError =>
  new AppError("usage", message, hint === undefined ? {} : { hint });

/** The other spellings of an option, those of earlier versions too. */
export function aliasesOf(argument: Argument): string[] {
  const aliases = "alias" in argument ? [argument.alias ?? []].flat() : [];
  return [...aliases, ...(argument.formerly ?? [])];
}

/** Finds an option's definition by what was typed, `--name`, `-n` or `--no-name`. */
export function lookUp(definitions: Arguments, typed: string): [string, Argument] | undefined {
  const name = typed.replace(/^--?/, "");
  const long = typed.startsWith("--");
  for (const [key, argument] of Object.entries(definitions)) {
    if (argument.type === "positional") continue;
    if (long ? key === name : aliasesOf(argument).includes(name)) return [key, argument];
    if (long && aliasesOf(argument).some((alias) => alias.length > 1 && alias === name)) {
      return [key, argument];
    }
  }
  return undefined;
}

/**
 * Takes words apart by the definitions. Unknown options, missing values and repeated options are usage errors. A value
 * that begins with `-` needs `=`. With `stopAtWord` parsing ends at the first word that is no option.
 */
export function parseLine(
  words: readonly string[],
  definitions: Arguments,
  { stopAtWord = false }: { stopAtWord?: boolean } = {},
): ParsedLine {
  const options = new Map<string, string | boolean>();
  const positionals: string[] = [];
  const set = (key: string, argument: Argument, value: string | boolean): void => {
    const earlier = options.get(key);
    if (earlier !== undefined && argument.repeatable !== true && argument.type !== "boolean") {
      throw usage(`\`--${key}\` is given twice`);
    }
    const repeated = argument.repeatable === true && typeof earlier === "string";
    options.set(key, repeated ? `${earlier}\n${value}` : value);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      positionals.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      if (stopAtWord) return { options, positionals, rest: words.slice(at) };
      positionals.push(word);
      continue;
    }
    if (!word.startsWith("--") && word.length > 2 && word[2] !== "=") {
      at = takeShortGroup(word, words, at, definitions, set);
      continue;
    }
    const equals = word.indexOf("=");
    const typed = equals < 0 ? word : word.slice(0, equals);
    const negated = typed.startsWith("--no-") && lookUp(definitions, typed) === undefined;
    const found = lookUp(definitions, negated ? `--${typed.slice(5)}` : typed);
    if (found === undefined) throw unknownOption(typed, definitions);
    const [key, argument] = found;
    if (negated && argument.type === "enum" && argument.options?.includes("never") === true) {
      set(key, argument, "never");
      continue;
    }
    if (argument.type === "boolean") {
      if (negated && argument.negativeDescription === undefined) {
        throw unknownOption(typed, definitions);
      }
      if (equals >= 0) throw usage(`\`${typed}\` takes no value`);
      set(key, argument, !negated);
      continue;
    }
    if (negated) throw unknownOption(typed, definitions);
    if (equals >= 0) {
      set(key, argument, checkChoice(typed, argument, word.slice(equals + 1)));
      continue;
    }
    // `--color` alone means `--color=always`, as elsewhere.
    if (argument.type === "enum" && argument.options?.includes("always") === true) {
      set(key, argument, "always");
      continue;
    }
    set(key, argument, takeValue(typed, argument, words[++at]));
  }
  return { options, positionals, rest: [] };
}

/**
 * Takes `-qC dir` or `-Cdir`: letters without a value, then at most one with a value. Returns the index of the last
 * word it took.
 */
function takeShortGroup(
  word: string,
  words: readonly string[],
  at: number,
  definitions: Arguments,
  set: (key: string, argument: Argument, value: string | boolean) => void,
): number {
  for (let letter = 1; letter < word.length; letter++) {
    const typed = `-${word[letter]}`;
    const found = lookUp(definitions, typed);
    if (found === undefined) throw unknownOption(letter === 1 ? word : typed, definitions);
    const [key, argument] = found;
    if (argument.type === "boolean") {
      set(key, argument, true);
      continue;
    }
    const glued = word.slice(letter + 1).replace(/^=/, "");
    if (glued !== "") {
      set(key, argument, checkChoice(typed, argument, glued));
      return at;
    }
    set(key, argument, takeValue(typed, argument, words[at + 1]));
    return at + 1;
  }
  return at;
}

function takeValue(typed: string, argument: Argument, value: string | undefined): string {
  const hint = argument.valueHint ?? "VALUE";
  if (value === undefined || value === "--") throw usage(`\`${typed}\` needs a value: ${hint}`);
  if (value.startsWith("-") && value !== "-") {
    throw usage(
      `\`${typed}\` needs a value: ${hint}`,
      `a value that begins with \`-\` is written \`${typed}=${value}\``,
    );
  }
  return checkChoice(typed, argument, value);
}

function checkChoice(typed: string, argument: Argument, value: string): string {
  if (argument.type !== "enum" || argument.options?.includes(value) === true) return value;
  const choices = argument.options ?? [];
  const near = suggest(value, choices);
  throw usage(
    `\`${value}\` is no choice of \`${typed}\``,
    near === undefined ? `choose one of ${choices.join(", ")}` : `did you mean \`${near}\`?`,
  );
}

function unknownOption(typed: string, definitions: Arguments): AppError {
  const names = Object.entries(definitions)
    .filter(([, argument]) => argument.type !== "positional")
    .flatMap(([key, argument]) =>
      argument.type === "boolean" && argument.negativeDescription !== undefined
        ? [`--no-${key}`, `--${key}`]
        : [`--${key}`],
    );
  const near = suggest(typed, names);
  return usage(
    `unknown option \`${typed}\``,
    near === undefined ? undefined : `did you mean \`${near}\`?`,
  );
}

/** Checks the number of positionals and names them. */
export function namePositionals(
  path: string,
  definitions: Arguments,
  positionals: readonly string[],
): Map<string, string> {
  const named = new Map<string, string>();
  const expected = Object.entries(definitions).filter(([, { type }]) => type === "positional");
  expected.forEach(([key, argument], index) => {
    const value = positionals[index];
    if (value !== undefined) named.set(key, value);
    else if (argument.required !== false) {
      throw usage(`missing argument <${argument.valueHint ?? key}>`, `see \`${path} --help\``);
    }
  });
  const takesMore = expected.at(-1)?.[1].repeatable === true;
  const surplus = takesMore ? undefined : positionals[expected.length];
  if (surplus !== undefined) {
    throw usage(`unexpected argument \`${surplus}\``, `see \`${path} --help\``);
  }
  return named;
}

/** The words for the library that runs the command, in a form that it can read in one way only. */
export function toRawArgs(
  definitions: Arguments,
  options: ReadonlyMap<string, string | boolean>,
  positionals: readonly string[],
): string[] {
  const words: string[] = [];
  for (const [key, value] of options) {
    if (!Object.hasOwn(definitions, key)) continue;
    if (typeof value === "string") words.push(`--${key}=${value}`);
    else words.push(value ? `--${key}` : `--no-${key}`);
  }
  return [...words, "--", ...positionals];
}
