import type { ArgDef, ParsedArgs } from "citty";
import type { Context } from "./context.ts";

/** What the shell's completion offers for a value; `file` is a tracked file. */
export type Completion =
  | "remote"
  | "field"
  | "file"
  | "directory"
  | "project"
  | "topic"
  | "shell"
  | "none";

export type Argument = ArgDef & {
  readonly completes?: Completion;
  /**
   * An option that may be given more than once: its value is the list, joined by line breaks. Of a positional, the
   * last one: it may stand for several, which `args._` holds.
   */
  readonly repeatable?: boolean;
  /** Older spellings, without dashes: still taken, and listed nowhere. */
  readonly formerly?: readonly string[];
};

export type Arguments = Readonly<Record<string, Argument>>;

export interface Example {
  readonly does: string;
  readonly line: string;
}

/**
 * One command: what it is called, what it takes and what it does. `run` returns an exit code where that is not 0.
 * It never touches the process: everything comes in by the context.
 */
export interface Command {
  readonly summary: string;
  /** Paragraphs for `--help` and the manual, beyond the summary. */
  readonly details?: string;
  readonly args: Arguments;
  readonly examples: readonly Example[];
  /** The command ends by itself when the signal is aborted, and its own exit code counts: `serve` ends with 0. */
  readonly handlesSignals?: boolean;
  run(context: Context, args: never): Promise<number | void> | number | void;
}

/** Names a command's parts, with the types of its arguments taken from their definitions. */
export function defineCommand<const T extends Record<string, Argument>>(command: {
  readonly summary: string;
  readonly details?: string;
  readonly args: T;
  readonly examples: readonly Example[];
  readonly handlesSignals?: boolean;
  run(context: Context, args: ParsedArgs<T>): Promise<number | void> | number | void;
}): Command {
  return command;
}

/** Sections of the root help, in their order. */
export const sections = ["everyday", "sharing", "service and viewer", "maintenance"] as const;
export type Section = (typeof sections)[number];

/** A command in the catalog: enough for help without loading its module. */
export interface CommandEntry {
  readonly kind: "command";
  readonly summary: string;
  readonly section: Section;
  /** Called by hooks or by the shell, not by people: left out of the root help. */
  readonly hidden?: boolean;
  /**
   * Called by a coding agent, which takes exit code 2 for an order to stop. So every failure, that of a wrong command
   * line too, ends with 0 (with `--strict`: 1) and prints nothing on stdout.
   */
  readonly hook?: boolean;
  load(): Promise<{ default: Command }>;
}

/** A word that groups commands, such as `remote`. */
export interface GroupEntry {
  readonly kind: "group";
  readonly summary: string;
  readonly section: Section;
  readonly hidden?: boolean;
  /** What the word does without a verb. Undefined: it shows its help. */
  readonly alone?: CommandEntry;
  readonly commands: Catalog;
}

export type Entry = CommandEntry | GroupEntry;
export interface Catalog {
  readonly [word: string]: Entry;
}

/** The words that are typed, one sentence, the command's module. */
export type CatalogRow = readonly [path: string, summary: string, load?: CommandEntry["load"]];
export type CatalogTable = Readonly<Record<Section, readonly CatalogRow[]>>;

export interface CatalogMarks {
  /** Called by hooks or kept for old configurations: left out of help and completion. */
  readonly hidden: readonly string[];
  /** See `CommandEntry.hook`. */
  readonly hooks: readonly string[];
}

/** Makes the tree of commands out of a table. A group stands above the commands that begin with its words. */
export function readTable(table: CatalogTable, { hidden, hooks }: CatalogMarks): Catalog {
  const catalog: Record<string, Entry> = {};
  const groups = new Map<string, Record<string, Entry>>([["", catalog]]);
  for (const section of sections) {
    const rows = table[section];
    const parents = new Set(rows.map(([path]) => path.split(" ").slice(0, -1).join(" ")));
    for (const [path, summary, load] of rows) {
      const words = path.split(" ");
      const word = words.pop() ?? "";
      const above = groups.get(words.join(" "));
      if (above === undefined || Object.hasOwn(above, word)) {
        throw new Error(`the catalog's row \`${path}\` has no group, or stands twice`);
      }
      const named = { summary, section, ...(hidden.includes(path) ? { hidden: true } : {}) };
      const hook = hooks.includes(path) ? { hook: true } : {};
      const command = load && ({ kind: "command", ...named, ...hook, load } as const);
      if (!parents.has(path)) {
        if (command === undefined) throw new Error(`the catalog's row \`${path}\` does nothing`);
        above[word] = command;
        continue;
      }
      const commands: Record<string, Entry> = {};
      groups.set(path, commands);
      above[word] = { kind: "group", ...named, ...(command && { alone: command }), commands };
    }
  }
  return catalog;
}
