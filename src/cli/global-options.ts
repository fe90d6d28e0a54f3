import type { Argument, Arguments } from "../command.ts";
import { aliasesOf } from "./arguments.ts";

/** Options that stand before or after any command. A command's own option of the same letter wins. */
export const globalOptions = {
  help: { type: "boolean", alias: "h", description: "show help; `-h` shows less of it" },
  json: { type: "boolean", description: "print one JSON document on stdout" },
  cwd: {
    type: "string",
    alias: "C",
    valueHint: "DIR",
    description: "run as if started in DIR",
    completes: "directory",
  },
  project: {
    type: "string",
    alias: "p",
    valueHint: "PATH|ID",
    description: "work on this project instead of the current directory's",
    completes: "project",
  },
  quiet: { type: "boolean", alias: "q", description: "only results and errors" },
  verbose: { type: "boolean", description: "say more" },
  debug: { type: "boolean", description: "stack traces and requests, without secrets" },
  color: {
    type: "enum",
    options: ["always", "never", "auto"],
    description: "when to colour (default: auto)",
  },
  progress: {
    type: "boolean",
    negativeDescription: "show no progress",
    default: true,
  },
  input: { type: "boolean", negativeDescription: "never ask", default: true },
  pager: { type: "boolean", negativeDescription: "never page", default: true },
  offline: { type: "boolean", description: "fail at once where the network is needed" },
} as const satisfies Record<string, Argument>;

/**
 * The global options beside a command's own: without those of the same name, and without letters that the command
 * uses.
 */
export function besides(own: Arguments): Arguments {
  const letters = new Set(Object.values(own).flatMap(aliasesOf));
  return Object.fromEntries(
    Object.entries<Argument>(globalOptions)
      .filter(([name]) => !Object.hasOwn(own, name))
      .map(([name, argument]) => {
        const hidden = aliasesOf(argument).some((letter) => letters.has(letter));
        return [name, hidden ? ({ ...argument, alias: [] } as Argument) : argument];
      }),
  );
}
