import type { Catalog, CommandEntry, GroupEntry } from "../command.ts";
import { AppError } from "../errors.ts";
import { suggest } from "./suggest.ts";

/** Where the words of a command line lead in the catalog. */
export type Found =
  | { readonly kind: "command"; path: string; entry: CommandEntry; rest: readonly string[] }
  | { readonly kind: "group"; path: string; entry: GroupEntry };

/** Follows the leading words to a command or a group. Only own keys count, so `constructor` names nothing. */
export function findCommand(catalog: Catalog, words: readonly string[], prefix = ""): Found {
  const [first = "", ...rest] = words;
  const entry = Object.hasOwn(catalog, first) ? catalog[first] : undefined;
  if (entry === undefined) throw unknownCommand(first, Object.keys(catalog), prefix);
  const path = `${prefix}${first}`;
  if (entry.kind === "command") return { kind: "command", path, entry, rest };
  // Global options may stand between the words of a command.
  const at = rest.findIndex((word) => !word.startsWith("-"));
  const verb = rest[at];
  const { alone } = entry;
  // A word that is like no verb is an argument of the command that the group is by itself.
  const isVerb = (word: string): boolean =>
    alone === undefined || suggest(word, Object.keys(entry.commands)) !== undefined;
  if (verb === undefined || !isVerb(verb)) {
    const asksHelp = rest.includes("--help") || rest.includes("-h");
    return alone === undefined || asksHelp
      ? { kind: "group", path, entry }
      : { kind: "command", path, entry: alone, rest };
  }
  return findCommand(entry.commands, [verb, ...rest.toSpliced(at, 1)], `${path} `);
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
