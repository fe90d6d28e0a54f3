import { isWeak } from "./lines.ts";

/** A piece of a line that a formatter keeps, with the line it stands on. */
export interface Token {
  readonly text: string;
  readonly line: number;
  /** Brackets come and go with the way a text is wrapped; words and operators do not. */
  readonly isBracket: boolean;
}

/** What formatters put in and take out as they like: commas, semicolons, quotes, line continuations. */
const free = /[,;'"`\\]/;
const bracket = /[()[\]{}]/;
const pieces = /[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;

export function tokensOf(lines: readonly string[]): Token[] {
  return lines.flatMap((text, line) =>
    (text.match(pieces) ?? [])
      .filter((piece) => !free.test(piece))
      .map((piece) => ({ text: piece, line, isBracket: bracket.test(piece) })),
  );
}

/** A line without the white space that carries no word apart: equal for lines that only differ in indentation and the like. */
export function squeeze(line: string): string {
  return line
    .trim()
    .replace(/\s+/g, " ")
    .replace(/ ?([^\p{L}\p{N}_ ]) ?/gu, "$1");
}

/** A line without white space and without what formatters put in and take out. */
export function bare(line: string): string {
  return squeeze(line.replace(/[,;'"`\\]/g, ""));
}

/** Whether a line's own words say something, so that it may carry its author through another wrapping. */
export function isTelling(line: string): boolean {
  return !isWeak(line);
}
