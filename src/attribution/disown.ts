import { type Authors, nobody } from "./follow.ts";
import { isWeak } from "./lines.ts";
import { squeeze } from "./words.ts";

/** Lines of a text from which others may have come, in the form in which white space does not tell them apart. */
export class ForeignLines {
  readonly #lines = new Set<string>();

  get size(): number {
    return this.#lines.size;
  }

  add(lines: Iterable<string>): void {
    for (const line of lines) this.#lines.add(squeeze(line));
  }

  has(line: string): boolean {
    return this.#lines.has(squeeze(line));
  }
}

/**
 * Takes lines from an author that stand in a text from which they may have come. Common lines go with a telling one of
 * their run; within a run of the author's own they stay. Where a run has nothing else, they go if that text is one that
 * the file itself had.
 */
export function disown(
  { lines, authors, author }: { lines: readonly string[]; authors: Authors; author: number },
  theirs: { has(line: string): boolean },
  { isOwnText }: { readonly isOwnText: boolean },
): Authors {
  const result = [...authors];
  for (let start = 0; start < lines.length; start++) {
    if (authors[start] !== author) continue;
    let end = start;
    while (authors[end] === author) end++;
    const run = Array.from({ length: end - start }, (_, step) => start + step);
    const telling = run.filter((at) => !isWeak(lines[at] ?? ""));
    const hasTheirs = telling.some((at) => theirs.has(lines[at] ?? ""));
    const isCommon = telling.length === 0 && isOwnText;
    for (const at of run) {
      const line = lines[at] ?? "";
      const isTaken = hasTheirs || isCommon || !isWeak(line);
      if (isTaken && theirs.has(line)) result[at] = nobody;
    }
    start = end;
  }
  return result;
}
