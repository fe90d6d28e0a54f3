import type { Claims } from "./claim-lines.ts";
import { followAuthors, nobody } from "./follow.ts";
import { isWeak } from "./lines.ts";

/** A line of a file, and the commit that git says it came from; undefined where git says nothing. */
export interface DatedLine {
  readonly text: string;
  readonly commit: string | undefined;
  /** When that commit was made, in seconds. */
  readonly time: number;
}

/** Copies that stand further away have other lines between that hold them apart. */
const near = 100;

/**
 * The claims without those of lines that may be a person's copies. Of a line and a later copy near it git takes either for
 * the new one. So where a commit has the like of a claimed line that is not newer, what it added is told by all shortest
 * diffs, and a line keeps its claim where they agree. Common lines go with the ones beside them.
 */
export function withoutSlidLines(claims: Claims, lines: readonly DatedLine[]): Claims {
  const told = new Map(claims);
  for (const { commit, time, from, to } of doubtful(claims, lines)) {
    const start = Math.max(0, from);
    const present = lines
      .slice(start, to + 1)
      .map((line, at) => ({ ...line, number: start + at + 1 }))
      .filter((line) => line.time <= time);
    const before = present.filter((line) => line.commit !== commit);
    const followed = followAuthors({
      before: before.map(({ text }) => text),
      authors: before.map(({ number }) => (claims.has(number) ? 0 : nobody)),
      after: present.map(({ text }) => text),
      newAuthor: nobody,
    });
    for (const [at, { number, text, commit: own }] of present.entries()) {
      if (own === commit || followed[at] !== nobody || isWeak(text)) continue;
      drop(told, lines, number);
    }
  }
  return told;
}

/** A claim, and those of the common lines beside it. */
function drop(told: Map<number, unknown>, lines: readonly DatedLine[], number: number): void {
  told.delete(number);
  for (const step of [-1, 1]) {
    const isCommon = (line: number): boolean =>
      told.has(line) && isWeak(lines[line - 1]?.text ?? "");
    for (let line = number + step; isCommon(line); line += step) told.delete(line);
  }
}

interface Stretch {
  readonly commit: string | undefined;
  readonly time: number;
  from: number;
  to: number;
}

/** For each commit the stretches where it has the like of a claimed line of an earlier one. */
function doubtful(claims: Claims, lines: readonly DatedLine[]): Stretch[] {
  const claimed = new Set<string>();
  for (const number of claims.keys()) {
    const text = lines[number - 1]?.text ?? "";
    if (!isWeak(text)) claimed.add(text);
  }
  const found = new Map<string | undefined, Stretch[]>();
  for (const [at, line] of lines.entries()) {
    if (claims.has(at + 1) || !claimed.has(line.text)) continue;
    let first = at;
    let last = at;
    for (let place = Math.max(0, at - near); place <= at + near; place++) {
      const other = lines[place];
      if (other?.text !== line.text || !claims.has(place + 1)) continue;
      if (other.commit === line.commit || other.time > line.time) continue;
      first = Math.min(first, place);
      last = Math.max(last, place);
    }
    if (first === last) continue;
    const margin = 2 * (last - first) + 10;
    const { commit, time } = line;
    const stretch = { commit, time, from: first - margin, to: last + margin };
    const list = found.get(commit) ?? [];
    found.set(commit, list);
    const before = list.at(-1);
    if (before === undefined || stretch.from > before.to) list.push(stretch);
    else {
      before.from = Math.min(before.from, stretch.from);
      before.to = Math.max(before.to, stretch.to);
    }
  }
  return [...found.values()].flat();
}
