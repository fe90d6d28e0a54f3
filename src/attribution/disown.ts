import { type Authors, nobody } from "./follow.ts";
import { isWeak } from "./lines.ts";

/**
 * Takes lines from an author that stand in a text from which they may have come. Common lines go with a telling one of
 * their run, and where a run has nothing else; within a run of the author's own they stay.
 */
export function disown(
  { lines, authors, author }: { lines: readonly string[]; authors: Authors; author: number },
  theirs: ReadonlySet<string>,
): Authors {
  const result = [...authors];
  for (let start = 0; start < lines.length; start++) {
    if (authors[start] !== author) continue;
    let end = start;
    while (authors[end] === author) end++;
    const run = Array.from({ length: end - start }, (_, step) => start + step);
    const telling = run.filter((at) => !isWeak(lines[at] ?? ""));
    const isTheirs = telling.every((at) => theirs.has(lines[at] ?? ""));
    const hasTheirs = telling.some((at) => theirs.has(lines[at] ?? ""));
    for (const at of run) {
      const line = lines[at] ?? "";
      if (theirs.has(line) && (isTheirs || hasTheirs || !isWeak(line))) result[at] = nobody;
    }
    start = end;
  }
  return result;
}
