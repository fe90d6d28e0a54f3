/** Lines that know who put them there, and how they stand in a file. */

/**
 * Who put a line there. `either` is a line of which nobody could tell by what the hooks see: it is an agent's, but
 * nothing is expected of it (moved by hand, one of two equal neighbours, its hook was lost, a formatter changed it).
 */
export type Hand = "base" | "person" | "agent" | "either";

export interface Line {
  readonly text: string;
  readonly hand: Hand;
  /** No two lines have the same: the shadow's git can never take one for the other. */
  readonly id: number;
}

/** Both repositories came to different texts: from here on nobody knows who wrote what. */
export class Diverged extends Error {}

export const mark = "\u001f";

export const weakLines = ["}", "", "\treturn nil", "})", "\t}", "\tend", "  });", "{"];
/** Words that both sides use, so that equal lines come about by themselves. */
export const sharedLines = [
  "\tlog.Info(ctx)",
  "\tdefer close()",
  "\ti++",
  "import fmt",
  "\tx := 1",
];

/** How a line is written in a repository. */
export type Show = (line: Line) => string;

export const plain: Show = ({ text }) => text;
export const signed: Show = ({ text, hand, id }) => `${text}${mark}${hand}${mark}${id}`;

/** A file's text; its name says how its lines end. */
export function textOf(path: string, lines: readonly Line[], show: Show = plain): string {
  if (lines.length === 0) return "";
  const end = path.includes("crlf") ? "\r\n" : "\n";
  const joined = lines.map(show).join(end);
  return path.includes("nofinal") && lines.at(-1)?.text !== "" ? joined : joined + end;
}

export function cutLines(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/** The lines of a file of the shadow. */
export function parseLines(text: string): Line[] {
  return cutLines(text.replaceAll("\r\n", "\n")).map((line) => {
    const [content = "", hand, id] = line.split(mark);
    if (hand === undefined) throw new Diverged("a conflict's mark");
    return { text: content, hand: hand as Hand, id: Number(id) };
  });
}

/** Equal neighbours cannot be told apart: what is an agent's among them may be claimed or not. */
export function blur(lines: readonly Line[], texts: ReadonlySet<string>): Line[] {
  return lines.map((line) =>
    line.hand === "agent" && texts.has(line.text) ? { ...line, hand: "either" } : line,
  );
}

export function textsOf(lines: readonly Line[]): Set<string> {
  return new Set(lines.map(({ text }) => text));
}

export function isOfAgent({ hand }: Line): boolean {
  return hand === "agent" || hand === "either";
}

/** What is left of a line's text without its white space: to whoever only moves a line it is the same one. */
export function bareText({ text }: Line): string {
  return text.replace(/\s+/g, "");
}
