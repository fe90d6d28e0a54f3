import { followFormatted } from "./follow-formatted.ts";
import { isWeak } from "./lines.ts";
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

/**
 * Lines that a commit added by git's account, 0-based, and that are an agent's only by that account: an equal line of
 * the agent's passes for one of the parent's, and one of the parent's for new. `authors` are those of `before`, a text
 * on the way from the parent to the commit.
 */
export function exchangedLines(
  { before, authors, after }: Omit<Change, "newAuthor">,
  { parent, added }: { parent: readonly string[]; added: ReadonlySet<number> },
): Map<number, number> {
  const marked = markCommitted(parent, { before, authors });
  const found = followFormatted({ before, authors: marked, after, newAuthor: nobody });
  const passed = new Map<string, number[]>();
  const told = besideTelling(found, after);
  for (const [line, author] of found.entries()) {
    if (author < 0 || added.has(line) || !told.has(line)) continue;
    const text = after[line] ?? "";
    const known = passed.get(text);
    if (known === undefined) passed.set(text, [author]);
    else known.push(author);
  }
  const exchanged = new Map<number, number>();
  for (const line of [...added].sort((one, other) => one - other)) {
    const author = found[line] ?? nobody;
    const other = author === committed ? passed.get(after[line] ?? "")?.shift() : undefined;
    if (author >= 0) exchanged.set(line, author);
    else if (other !== undefined) exchanged.set(line, other);
  }
  return exchanged;
}

/** Lines of agents, 0-based, in runs that have a telling one: a common line by itself may be paired with any other. */
function besideTelling(authors: Authors, lines: readonly string[]): Set<number> {
  const told = new Set<number>();
  for (let start = 0; start < authors.length; start++) {
    let end = start;
    while ((authors[end] ?? nobody) >= 0) end++;
    const isTold = lines.slice(start, end).some((line) => !isWeak(line));
    for (let line = start; isTold && line < end; line++) told.add(line);
    start = end;
  }
  return told;
}
