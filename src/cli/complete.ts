import { resolve } from "node:path";
import type { Argument, Arguments, Catalog, Command, Completion } from "../command.ts";
import type { Context } from "../context.ts";
import { type Choice, listChoices } from "../workflows/projects/list-choices.ts";
import { lookUp } from "./arguments.ts";
import { globalOptions } from "./global-options.ts";

type Place = Pick<Context, "cwd" | "home" | "environment" | "options">;

/** What the definitions allow at the cursor. */
interface Position {
  readonly choices: readonly Choice[];
  /** Values that must be looked up, and the part of the word before them, such as `--remote=`. */
  readonly completes?: Completion | undefined;
  readonly prefix?: string;
}

/**
 * What the shell may offer for the word at `index`. Each line is a value, then a tab and what the value means. For bash
 * the first line is the kind of the values, and values stand alone. `words` are those behind the program's name.
 */
export async function complete(
  { shell, index, words }: { shell: string; index: number; words: readonly string[] },
  catalog: Catalog,
  place: Place,
): Promise<string> {
  const current = words[index] ?? "";
  const { position, options } = await locate(words.slice(0, index), current, catalog);
  const prefix = position.prefix ?? "";
  const typed = current.slice(prefix.length);
  const there = standAt(place, options);
  const looked =
    position.completes === undefined ? [] : await listChoices(position.completes, typed, there);
  const choices = [...position.choices, ...looked]
    .filter(({ value }) => value.startsWith(typed) && isPrintable(value))
    .map(({ value, about }) => ({ value: prefix + value, about }));
  if (shell === "bash") {
    const paths = ["file", "directory", "project"].includes(position.completes ?? "");
    return [paths ? "paths" : "words", ...choices.map(({ value }) => value)].join("\n");
  }
  return choices
    .map(({ value, about }) => (about === undefined ? value : `${value}\t${about}`))
    .join("\n");
}

/** A name with a control character is not offered: nobody can type it, and the terminal would obey it. */
function isPrintable(value: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return !/[\u0000-\u001F\u007F-\u009F]/.test(value);
}

/** Where the command will run, once `-C` and `-p` before the cursor are counted. */
function standAt(place: Place, options: ReadonlyMap<string, string>): Place {
  return {
    get home() {
      return place.home;
    },
    environment: place.environment,
    cwd: resolve(place.cwd, options.get("cwd") ?? "."),
    options: { ...place.options, project: options.get("project") },
  };
}

async function locate(
  before: readonly string[],
  current: string,
  catalog: Catalog,
): Promise<{ position: Position; options: ReadonlyMap<string, string> }> {
  const walk = { options: new Map<string, string>(), at: 0 };
  const words = before[0] === "help" ? before.slice(1) : before;
  const path: string[] = [];
  let definitions: Arguments = globalOptions;
  let entries: Catalog = catalog;
  let command: Command | undefined;
  let taken = 0;
  let closed = false;
  for (; walk.at < words.length; walk.at++) {
    const word = words[walk.at] ?? "";
    if (word === "--" && !closed) closed = true;
    else if (word.startsWith("-") && word !== "-" && !closed) {
      const value = takeOption(word, definitions, walk, words);
      // The option's value is what is being typed.
      if (value !== undefined) return { position: valueOf(value), options: walk.options };
    } else if (command !== undefined) taken++;
    else {
      const entry = Object.hasOwn(entries, word) ? entries[word] : undefined;
      if (entry === undefined) return { position: { choices: [] }, options: walk.options };
      path.push(word);
      if (entry.kind === "group") entries = entry.commands;
      else {
        command = (await entry.load()).default;
        // The command's own letters win over global ones: behind `blame`, `-C` is no `--cwd`.
        definitions = { ...command.args, ...globalOptions, ...command.args };
      }
    }
  }
  const { options } = walk;
  const position = (found: Position) => ({ position: found, options });
  if (before[0] === "help" && command !== undefined) return position({ choices: [] });
  if (current.startsWith("-") && !closed) {
    const equals = current.indexOf("=");
    const argument = equals < 0 ? undefined : lookUp(definitions, current.slice(0, equals))?.[1];
    if (argument !== undefined) {
      return position({ ...valueOf(argument), prefix: current.slice(0, equals + 1) });
    }
    return position({ choices: optionChoices(definitions, before) });
  }
  if (command !== undefined) {
    const positionals = Object.values(command.args).filter(({ type }) => type === "positional");
    const last = positionals.at(-1);
    const argument = positionals[taken] ?? (last?.repeatable === true ? last : undefined);
    return position(argument === undefined ? { choices: [] } : valueOf(argument));
  }
  const topic = before[0] === "help" && path.length === 0;
  return position({ choices: entryChoices(entries), completes: topic ? "topic" : undefined });
}

/** Steps over an option and its value. Gives the option's definition where the value is what is being typed. */
function takeOption(
  word: string,
  definitions: Arguments,
  walk: { options: Map<string, string>; at: number },
  words: readonly string[],
): Argument | undefined {
  const equals = word.indexOf("=");
  const found = lookUp(definitions, equals < 0 ? word : word.slice(0, equals));
  if (found === undefined) return undefined;
  const [name, argument] = found;
  if (equals >= 0) walk.options.set(name, word.slice(equals + 1));
  if (equals >= 0 || argument.type === "boolean") return undefined;
  if (argument.type === "enum" && argument.options?.includes("always") === true) return undefined;
  const value = words[walk.at + 1];
  if (value === undefined) return argument;
  walk.options.set(name, value);
  walk.at++;
  return undefined;
}

function valueOf(argument: Argument): Position {
  const options = "options" in argument ? (argument.options ?? []) : [];
  return { choices: options.map((value) => ({ value })), completes: argument.completes };
}

function entryChoices(entries: Catalog): Choice[] {
  return Object.entries(entries)
    .filter(([, entry]) => entry.hidden !== true)
    .map(([value, { summary }]) => ({ value, about: summary }));
}

function optionChoices(definitions: Arguments, before: readonly string[]): Choice[] {
  const used = new Set(before.map((word) => word.split("=")[0]));
  return Object.entries(definitions)
    .filter(([, { type }]) => type !== "positional")
    .map(([name, argument]) => {
      const negative =
        argument.type === "boolean" &&
        argument.negativeDescription !== undefined &&
        argument.default === true;
      const value = argument.type === "boolean" ? "" : "=";
      const about = (negative ? argument.negativeDescription : undefined) ?? argument.description;
      const repeatable = argument.repeatable === true;
      const choice = { value: `--${negative ? "no-" : ""}${name}${value}` };
      return { repeatable, choice: about === undefined ? choice : { ...choice, about } };
    })
    .filter(({ repeatable, choice }) => repeatable || !used.has(choice.value.replace(/=$/, "")))
    .map(({ choice }) => choice);
}
