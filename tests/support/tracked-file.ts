import type { Random } from "./random.ts";

export type Author = "base" | "agent" | "person";

/** A line with its author, as the replay's own bookkeeping has it. Nothing of the program's diffs is used for it. */
export interface TrackedLine {
  readonly text: string;
  readonly author: Author;
}

/** Which lines a person copied in one go, until somebody has looked at the file. */
const sources = new WeakMap<TrackedLine, readonly TrackedLine[]>();

/** The lines that a person copied to make this one and those beside it; asked once, they are told no more. */
export function takeSources(line: TrackedLine): readonly TrackedLine[] {
  const found = sources.get(line) ?? [];
  sources.delete(line);
  return found;
}

/** Lines beside which a person put equal ones, so that nobody who sees the texts can tell which of them are new. */
const alike = new WeakSet<TrackedLine>();

export function isAlike(line: TrackedLine): boolean {
  return alike.has(line);
}

/** One change of lines: what stood before, and what stands there now. */
export interface TrackedEdit {
  readonly start: number;
  readonly removed: readonly TrackedLine[];
  /** In order; `kept` are lines that the edit only repeats. */
  readonly put: readonly { readonly line: TrackedLine; readonly kept: boolean }[];
}

/** A text as lines that know their authors, changed by splices alone. */
export class TrackedFile {
  lines: TrackedLine[];
  #endsInBreak: boolean;

  constructor(text: string, author: Author) {
    this.lines = cut(text).map((line) => ({ text: line, author }));
    this.#endsInBreak = text === "" || text.endsWith("\n");
  }

  get text(): string {
    const joined = this.lines.map((line) => line.text).join("\n");
    // An empty last line is one only when it is ended.
    const isEnded = this.#endsInBreak || this.lines.at(-1)?.text === "";
    return this.lines.length > 0 && isEnded ? `${joined}\n` : joined;
  }

  splice(start: number, remove: number, put: readonly string[], author: Author): void {
    this.lines.splice(start, remove, ...put.map((text) => ({ text, author })));
    if (author !== "person" || remove > 0) return;
    const textAt = (at: number): string | undefined => this.lines[at]?.text;
    // As far as the inserted lines could have been put higher up, or further down, with the same outcome.
    let from = start;
    while (from > 0 && textAt(from - 1) === textAt(from - 1 + put.length)) from--;
    let to = start + put.length;
    while (to < this.lines.length && textAt(to) === textAt(to - put.length)) to++;
    for (const line of this.lines.slice(from, start)) alike.add(line);
    for (const line of this.lines.slice(start + put.length, to)) alike.add(line);
  }

  /** Puts a text in the place of characters; lines that it only repeats keep their author. */
  replaceText(start: number, end: number, text: string, author: Author): TrackedEdit {
    const before = this.text;
    const lineStart = start === 0 ? 0 : before.lastIndexOf("\n", start - 1) + 1;
    const breakAfter = before.indexOf("\n", end);
    const wholeLines = end === before.length || (end > lineStart && before[end - 1] === "\n");
    const lineEnd = wholeLines ? end : breakAfter < 0 ? before.length : breakAfter + 1;
    const first = count(before.slice(0, lineStart));
    const old = cut(before.slice(lineStart, lineEnd));
    const after = before.slice(0, start) + text + before.slice(end);
    let put = cut(before.slice(lineStart, start) + text + before.slice(end, lineEnd));
    let removedCount = old.length;
    // New text that does not end its line takes the rest of the next one along.
    if (wholeLines && text !== "" && !text.endsWith("\n") && end < before.length) {
      const nextEnd = before.indexOf("\n", end);
      const rest = before.slice(end, nextEnd < 0 ? before.length : nextEnd);
      put = [...put.slice(0, -1), `${put.at(-1) ?? ""}${rest}`];
      removedCount++;
    }
    const removed = this.lines.slice(first, first + removedCount);
    const edit = align(first, removed, put, author);
    this.lines.splice(first, removedCount, ...edit.put.map(({ line }) => line));
    this.#endsInBreak = after === "" || after.endsWith("\n");
    if (this.text !== after) throw new Error("the bookkeeping lost the text");
    return edit;
  }
}

function count(text: string): number {
  return text.split("\n").length - 1;
}

export function cut(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/**
 * By the plain table of common subsequences; of several ways to keep as many lines, the one that keeps them earliest. Of
 * what is left between the lines that are kept, those that differ in white space alone keep their author in the same way.
 */
function align(
  start: number,
  removed: readonly TrackedLine[],
  put: readonly string[],
  author: Author,
): TrackedEdit {
  const lines = put.map((text) => ({ line: { text, author }, kept: false }));
  const gap = { removed: 0, put: 0 };
  const respace = (removedTo: number, putTo: number): void => {
    const old = removed.slice(gap.removed, removedTo);
    const squeezed = put.slice(gap.put, putTo).map(squeeze);
    for (const [at, to] of pairEarliest(
      old.map(({ text }) => squeeze(text)),
      squeezed,
    )) {
      const place = gap.put + to;
      const text = put[place] ?? "";
      lines[place] = { line: { text, author: old[at]?.author ?? author }, kept: false };
    }
  };
  const pairs = pairEarliest(
    removed.map(({ text }) => text),
    put,
  );
  for (const [at, to] of [...pairs, [removed.length, put.length] as const]) {
    respace(at, to);
    Object.assign(gap, { removed: at + 1, put: to + 1 });
    const line = removed[at];
    if (line !== undefined) lines[to] = { line, kept: true };
  }
  return { start, removed, put: lines };
}

const squeeze = (text: string): string => text.replace(/\s+/g, "");

function pairEarliest(removed: readonly string[], put: readonly string[]): [number, number][] {
  const table = Array.from({ length: removed.length + 1 }, () => new Uint32Array(put.length + 1));
  const cell = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let i = removed.length - 1; i >= 0; i--) {
    for (let j = put.length - 1; j >= 0; j--) {
      const same = removed[i] === put[j];
      table[i]![j] = same ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  for (const [j, text] of put.entries()) {
    while (removed[i] !== text && i < removed.length && cell(i + 1, j) >= cell(i, j + 1)) i++;
    if (i < removed.length && removed[i] === text) pairs.push([i++, j]);
  }
  return pairs;
}

const typed = ["}", "", "\treturn nil", "})", "\t}", "end", "  });", "return"];

/** Something that a person does to files between two events. */
export function actAsPerson(files: readonly TrackedFile[], random: Random): void {
  const file = random.pick(files);
  const at = random.below(file.lines.length + 1);
  const some = 1 + random.below(4);
  const word = (): string => `person ${random.below(1_000_000)}`;
  switch (random.pick(["insert", "insert", "change", "delete", "copy", "copy"] as const)) {
    case "insert": {
      const lines = Array.from({ length: some }, () =>
        random.chance(0.3) ? random.pick(typed) : `\t// ${word()}`,
      );
      return file.splice(at, 0, lines, "person");
    }
    case "change": {
      const old = file.lines.slice(at, at + some);
      const lines = old.map(({ text }) =>
        random.chance(0.5) ? `${text} // ${word()}` : `\t${word()}`,
      );
      return file.splice(at, old.length, lines, "person");
    }
    case "delete":
      return file.splice(at, Math.min(some, file.lines.length - at), [], "person");
    case "copy": {
      const source = random.pick(files);
      const from = random.below(source.lines.length + 1);
      const copied = source.lines.slice(from, from + some);
      const lines = copied.map(({ text }) => text);
      file.splice(at, 0, lines, "person");
      const origins = copied.flatMap((line) => sources.get(line) ?? [line]);
      for (const copy of file.lines.slice(at, at + copied.length)) sources.set(copy, origins);
      return;
    }
  }
}
