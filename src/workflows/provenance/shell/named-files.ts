import { lstatSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { decodeText } from "../../../attribution/lines.ts";
import { readLinesOf } from "./work-tree-text.ts";

/** A file that a command's line names. */
export interface NamedFile {
  /** From the work tree's root; of a file outside of it with `../`. */
  readonly path: string;
  readonly isOutside: boolean;
  readonly text: string;
}

export interface CommandLine {
  readonly workTree: string;
  readonly command: string | undefined;
  readonly cwd: string | undefined;
  /** When the command began, as `Date.now()`. */
  readonly since: number;
}

const mostWords = 60;

/** The words of a command's line that may name something, whatever shell it is for. */
export function wordsOf(command: string | undefined): string[] {
  return (command ?? "")
    .split(/[\s'"`;|&()<>=]+/)
    .filter((word) => word !== "" && !word.startsWith("-"))
    .slice(0, mostWords);
}

/**
 * Files that the line names, or that stand in a directory that it names as `target` does in the work tree: what `target`
 * may be a copy of. Of files outside of the work tree only those that were there before the command.
 */
export class NamedFiles {
  readonly #line: CommandLine;
  readonly #words: readonly string[];
  readonly #read = new Map<string, NamedFile | undefined>();

  constructor(line: CommandLine) {
    this.#line = line;
    this.#words = wordsOf(line.command);
  }

  /** Those that the line names themselves. */
  all(): NamedFile[] {
    return this.for(undefined);
  }

  for(target: string | undefined): NamedFile[] {
    const { workTree, cwd } = this.#line;
    const tail = target?.split("/") ?? [];
    const found = new Map<string, NamedFile>();
    for (const word of this.#words) {
      const named = resolve(cwd ?? workTree, word);
      const isDirectory = statSync(named, { throwIfNoEntry: false })?.isDirectory() === true;
      const places = isDirectory ? tail.map((_, at) => join(named, ...tail.slice(at))) : [named];
      for (const place of places) {
        const file = this.#readAt(place);
        if (file !== undefined && file.path !== target) found.set(file.path, file);
      }
    }
    return [...found.values()];
  }

  #readAt(place: string): NamedFile | undefined {
    if (this.#read.has(place)) return this.#read.get(place);
    const { workTree, since } = this.#line;
    const path = relative(workTree, place).split(sep).join("/");
    const isOutside = path.startsWith("../");
    const stats = path === "" ? undefined : lstatSync(place, { throwIfNoEntry: false });
    const isOlder = stats !== undefined && (!isOutside || stats.mtimeMs < since);
    const content = isOlder ? readLinesOf(workTree, path) : undefined;
    const isEmpty = content === undefined || content.length === 0;
    const file = isEmpty ? undefined : { path, isOutside, text: decodeText(content) };
    this.#read.set(place, file);
    return file;
  }
}
