import type { Catalog, CommandEntry, GroupEntry } from "../command.ts";
import { AppError } from "../errors.ts";
import { suggest } from "./suggest.ts";

/** Where the words of a command line lead in the catalog. */
export type Found =
  | { readonly kind: "command"; path: string; entry: CommandEntry; rest: readonly string[] }
  | { readonly kind: "group"; path: string; entry: GroupEntry };

/** Follows the leading words to a command or a group. Only own keys count, so `constructor` names nothing. */
export function findCommand(catalog: Catalog, words: readonly string[]): Found {
  const [first = "", ...rest] = words;
  const entry = Object.hasOwn(catalog, first) ? catalog[first] : undefined;
  if (entry === undefined) throw unknownCommand(first, Object.keys(catalog), "");
  if (entry.kind === "command") return { kind: "command", path: first, entry, rest };
  // Global options may stand between the two words of a command.
  const at = rest.findIndex((word) => !word.startsWith("-"));
  const verb = rest[at];
  if (verb === undefined) {
    const { alone } = entry;
    const asksHelp = rest.includes("--help") || rest.includes("-h");
    return alone === undefined || asksHelp
      ? { kind: "group", path: first, entry }
      : { kind: "command", path: first, entry: alone, rest };
  }
  const command = Object.hasOwn(entry.commands, verb) ? entry.commands[verb] : undefined;
  if (command === undefined) throw unknownCommand(verb, Object.keys(entry.commands), `${first} `);
  return { kind: "command", path: `${first} ${verb}`, entry: command, rest: rest.toSpliced(at, 1) };
}

function unknownCommand(word: string, known: readonly string[], prefix: string): AppError {
  const near = suggest(word, known);
  return new AppError("usage", `unknown command \`${prefix}${word}\``, {
    hint:
      near === undefined
        ? `see \`agent-trace ${prefix}--help\``
        : `did you mean \`agent-trace ${prefix}${near}\`?`,
  });
}
