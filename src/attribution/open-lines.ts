import { followFormatted } from "./follow-formatted.ts";
import { type Authors, type Change, committed, followAuthors, nobody } from "./follow.ts";

/**
 * Whether a change that is known by its two texts alone can be told in several ways: a line that came out as nobody's
 * stands there more often than before.
 */
export function isAmbiguous({ before, after }: Change, authors: Authors): boolean {
  if (!authors.includes(nobody)) return false;
  const more = new Map<string, number>();
  for (const line of after) more.set(line, (more.get(line) ?? 0) + 1);
  for (const line of before) more.set(line, (more.get(line) ?? 0) - 1);
  return after.some((line, at) => authors[at] === nobody && (more.get(line) ?? 0) > 0);
}

/**
 * Lines of which only git can tell who wrote them, 0-based, with the agent whose they are where git calls them added:
 * all lines that they could be taken for are that agent's or stand in the commit that the text goes on from. One of
 * equal lines is as good as another then, and git's choice counts, since it says which lines a commit adds.
 */
export function openLines(
  change: Change,
  authors: Authors,
  committedLines: readonly string[],
): Map<number, number> {
  const marked = markCommitted(committedLines, change);
  const open = new Map<number, number>();
  for (const [line, author] of followFormatted({ ...change, authors: marked }).entries()) {
    if (author >= 0 && authors[line] === nobody) open.set(line, author);
  }
  return open;
}

/** The authors of a text, where nobody's lines that certainly stand in the commit that it goes on from are told apart. */
function markCommitted(
  committedLines: readonly string[],
  { before, authors }: Pick<Change, "before" | "authors">,
): number[] {
  const others = before.flatMap((_, at) => ((authors[at] ?? nobody) === nobody ? [at] : []));
  // What agents wrote since is known, so it hides nothing.
  const stood = followAuthors({
    before: committedLines,
    authors: committedLines.map(() => committed),
    after: others.map((at) => before[at] ?? ""),
    newAuthor: nobody,
  });
  const marked = [...authors];
  for (const [place, at] of others.entries()) marked[at] = stood[place] ?? nobody;
  return marked;
}
