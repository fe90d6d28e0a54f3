import { AppError } from "../../errors.ts";

/**
 * A command line taken apart as a shell would, without being given to one: blanks part words, quotes and backslashes keep
 * them together. Nothing is expanded; who wants a shell writes `sh -c '…'`.
 */
export function splitCommand(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? "";
    if (quote === "" && /\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === "" && (sign === "'" || sign === '"')) {
      quote = sign;
      word ??= "";
    } else if (sign === quote) quote = "";
    else if (sign === "\\" && quote !== "'" && at + 1 < line.length) {
      const next = line[++at] ?? "";
      const isPlain = quote === '"' && !'"\\$`'.includes(next);
      word = `${word ?? ""}${isPlain ? "\\" : ""}${next}`;
    } else word = `${word ?? ""}${sign}`;
  }
  if (quote !== "") {
    throw new AppError("usage", `a quote in \`${line}\` is never closed`, {
      hint: "set it again with `agent-trace config set summary.command '<command>'`",
    });
  }
  return word === undefined ? words : [...words, word];
}
