import type { Argument, Arguments, Catalog, Command, GroupEntry } from "../command.ts";
import { sections } from "../command.ts";
import type { HelpPage } from "../terminal/help.ts";
import { besides, globalOptions } from "./global-options.ts";

const program = "agent-trace";

/** How an option is written: `-l, --lines A-B`. */
export function optionLabel(name: string, argument: Argument): string {
  const aliases = "alias" in argument ? [argument.alias ?? []].flat() : [];
  const short = aliases.filter((alias) => alias.length === 1).map((alias) => `-${alias}`);
  if (argument.type === "boolean") {
    const negative = argument.negativeDescription !== undefined && argument.default === true;
    return [...short, negative ? `--no-${name}` : `--${name}`].join(", ");
  }
  const value = argument.type === "enum" ? (argument.options ?? []).join("|") : argument.valueHint;
  return `${[...short, `--${name}`].join(", ")} ${value ?? "TEXT"}`;
}

function describe(argument: Argument): string {
  const negative = argument.type === "boolean" && argument.default === true;
  return (negative ? argument.negativeDescription : undefined) ?? argument.description ?? "";
}

function optionRows(args: Arguments): (readonly [string, string])[] {
  return Object.entries(args)
    .filter(([, { type }]) => type !== "positional")
    .map(([name, argument]) => [optionLabel(name, argument), describe(argument)] as const);
}

function positionals(args: Arguments): [string, Argument][] {
  return Object.entries(args).filter(([, { type }]) => type === "positional");
}

/** The page of one command. */
export function commandPage(path: string, command: Command): HelpPage {
  const words = positionals(command.args).map(([name, argument]) => {
    const more = argument.repeatable === true ? "…" : "";
    const label = `<${argument.valueHint ?? name}>${more}`;
    return argument.required === false ? `[${label}]` : label;
  });
  return {
    summary: command.summary,
    details: command.details,
    usage: [[program, path, ...words, "[options]"].join(" ")],
    groups: [
      {
        title: "arguments",
        rows: positionals(command.args).map(
          ([name, argument]) =>
            [`<${argument.valueHint ?? name}>`, argument.description ?? ""] as const,
        ),
      },
      { title: "options", rows: optionRows(command.args) },
      {
        title: "global options",
        isCommon: true,
        rows: optionRows(besides(command.args)),
      },
    ],
    examples: command.examples,
    more: [`${program} help exit-codes`, `${program} help environment`],
    longer: `${program} ${path} --help`,
  };
}

/** The page of a word that groups commands. `alone` is the command that the word is by itself. */
export function groupPage(name: string, group: GroupEntry, alone?: Command): HelpPage {
  const usage = `${program} ${name} <command> [options]`;
  const commands = {
    title: "commands",
    rows: Object.entries(group.commands)
      .filter(([, entry]) => entry.hidden !== true)
      .map(([verb, entry]) => [verb, entry.summary] as const),
  };
  if (alone !== undefined) {
    const page = commandPage(name, alone);
    return { ...page, usage: [...page.usage, usage], groups: [commands, ...page.groups] };
  }
  return {
    summary: group.summary,
    usage: [usage],
    groups: [commands],
    examples: [],
    more: [`${program} ${name} <command> --help`],
    longer: `${program} ${name} <command> --help`,
  };
}

/** The first page. It is made of the catalog alone: no command's module is loaded for it. */
export function rootPage(catalog: Catalog): HelpPage {
  return {
    summary:
      "Records which lines of code AI agents wrote, proves it at commit time, and shares the proof.",
    usage: [`${program} <command> [options]`],
    groups: [
      ...sections.map((section) => ({
        title: section,
        rows: Object.entries(catalog)
          .filter(([, entry]) => entry.section === section && entry.hidden !== true)
          .map(([name, entry]) => [name, entry.summary] as const),
      })),
      {
        title: "options",
        isCommon: true,
        rows: [...optionRows(globalOptions), ["--version", "print the version"]],
      },
    ],
    examples: [
      { does: "set a repository up", line: `${program} init` },
      { does: "see which lines an agent wrote", line: `${program} blame src/app.ts` },
    ],
    more: [`${program} help <command>`, `${program} help environment|exit-codes|config`],
    longer: `${program} --help`,
  };
}
