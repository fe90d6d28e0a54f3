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
  /** May be given more than once; its value is then the list, joined by line breaks. */
  readonly repeatable?: boolean;
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
  /** Ends by itself when the signal is aborted, and its own exit code stands; `serve` ends with 0 so. */
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
   * Called by a coding agent, which takes exit code 2 for an order to stop: whatever fails, a wrong command line
   * too, ends with 0 (with `--strict`: 1) and prints nothing on stdout.
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
  /** What the word does without a verb; without this it shows its help. */
  readonly alone?: CommandEntry;
  readonly commands: Catalog;
}

export type Entry = CommandEntry | GroupEntry;
export interface Catalog {
  readonly [word: string]: Entry;
}
