/** What a person looks for, as the index of words asks it, and how it is found again in a text. */
export interface WordQuery {
  /** For `MATCH`, of the column `text`. */
  readonly match: string;
  readonly terms: readonly WordTerm[];
}

/** A word or a phrase. */
export interface WordTerm {
  /** Where it stands in a text first; undefined where it does not. */
  find(text: string): number | undefined;
}

/** Scripts that put no blanks between words: each letter is a word of its own, and a word of them a phrase. */
const unspaced = /[\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF]/g;

/** A text as it is given to the index of words. */
export function spaced(text: string): string {
  return text.search(unspaced) < 0 ? text : text.replace(unspaced, " $& ");
}

/**
 * Takes apart what was typed: all of its words must be in a turn, in any order; words between quotes stand together; a
 * star at a word's end stands for any ending. Case and accents do not matter. Undefined where there is no word in it.
 */
export function parseWordQuery(typed: string): WordQuery | undefined {
  const terms = [...typed.matchAll(/"([^"]*)"|([^\s"]+)/g)].flatMap(([, phrase, word = ""]) => {
    const text = phrase ?? word;
    const words = spaced(text).match(/[\p{L}\p{N}\p{Co}\p{M}]+/gu) ?? [];
    return words.length === 0 ? [] : [{ words, isPrefix: text.endsWith("*") }];
  });
  if (terms.length === 0) return undefined;
  const match = terms.map(({ words, isPrefix }) => `"${words.join(" ")}"${isPrefix ? " *" : ""}`);
  return {
    match: match.join(" AND "),
    terms: terms
      .map(patternOf)
      .map((pattern) => ({ find: (text) => pattern.exec(fold(text))?.index })),
  };
}

const letter = "[\\p{L}\\p{N}\\p{Co}]";

function patternOf({ words, isPrefix }: { words: readonly string[]; isPrefix: boolean }): RegExp {
  const folded = words.map(fold);
  const isSpaced = (word: string | undefined): boolean => word?.search(unspaced) === -1;
  const before = isSpaced(folded[0]) ? `(?<!${letter})` : "";
  const after = isSpaced(folded.at(-1)) && !isPrefix ? `(?!${letter})` : "";
  return new RegExp(`${before}${folded.join("[^\\p{L}\\p{N}\\p{Co}]*")}${after}`, "u");
}

/** Without case and accents, and of the same length, so that places stay what they are. */
function fold(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u007F]*$/.test(text)) return text.toLowerCase();
  let folded = "";
  for (let at = 0; at < text.length; at++) {
    const unit = text[at] ?? "";
    const plain = unit < "\u0080" ? unit : (unit.normalize("NFD")[0] ?? unit);
    const lower = plain.toLowerCase();
    folded += lower.length === 1 ? lower : plain;
  }
  return folded;
}
