import { type Alphabet, alphabetNames, isAlphabet } from "./alphabets.ts";

/**
 * A secret's shape: literal text, and runs as `{alphabet:length}`, `{alphabet:least-most}` or `{alphabet:least-}`.
 * Nothing in it needs a second try: a run takes as much as it may, so that matching costs what it reads.
 */
export type ShapePart =
  | { readonly kind: "literal"; readonly text: string }
  | {
      readonly kind: "run";
      readonly alphabet: number;
      readonly name: Alphabet;
      readonly least: number;
      readonly most: number;
    };

export function parseShape(text: string): ShapePart[] {
  const parts: ShapePart[] = [];
  let end = 0;
  for (const run of text.matchAll(/\{(\w+):(\d+)(-?)(\d*)\}/g)) {
    if (run.index > end) parts.push({ kind: "literal", text: text.slice(end, run.index) });
    end = run.index + run[0].length;
    const name = run[1] ?? "";
    if (!isAlphabet(name)) throw new Error(`no alphabet is called ${name}`);
    const least = Number(run[2]);
    const most = run[3] === "" ? least : run[4] === "" ? Infinity : Number(run[4]);
    parts.push({ kind: "run", alphabet: alphabetNames.indexOf(name), name, least, most });
  }
  if (end < text.length) parts.push({ kind: "literal", text: text.slice(end) });
  return parts;
}

/** The literal that the search looks for: the first one, where it stands at the front, else the longest. */
export function keywordOf(parts: readonly ShapePart[]): { text: string; before: number } {
  let before = 0;
  let best = { text: "", before: 0 };
  for (const [index, part] of parts.entries()) {
    if (part.kind === "literal") {
      if (part.text.length > best.text.length) best = { text: part.text, before };
      if (index === 0) break;
      before += part.text.length;
    } else {
      if (part.least !== part.most && best.text !== "") break;
      before += part.most;
    }
  }
  return best;
}
