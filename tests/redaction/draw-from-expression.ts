import { lottery } from "./samples.ts";

const word = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
const classes: Readonly<Record<string, string>> = {
  d: "0123456789",
  w: word,
  s: " ",
  S: word,
  n: "\n",
  r: "\r",
  t: "\t",
};
const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join("");

/**
 * Draws a text that an expression of Go's `regexp` matches: literals, classes, groups, alternatives, repetitions and
 * flags. Boundaries are passed over. Where case does not matter it draws what is written.
 */
export function drawFromExpression(expression: string, seed: number): string {
  const next = lottery(seed);
  const pick = <T>(choices: ArrayLike<T>): T => choices[Math.floor(next() * choices.length)] as T;
  let at = 0;

  function readEscape(): string {
    const letter = expression[at++] ?? "";
    if (letter === "x") {
      at += 2;
      return String.fromCharCode(Number.parseInt(expression.slice(at - 2, at), 16));
    }
    if ("bBzA".includes(letter)) return "";
    return classes[letter] ?? letter;
  }

  function readClass(): string {
    const isNegated = expression[at] === "^";
    if (isNegated) at++;
    let members = "";
    for (let first = true; first || expression[at] !== "]"; first = false) {
      if (expression.startsWith("[:alnum:]", at)) {
        members += word.slice(0, -1);
        at += 9;
        continue;
      }
      const letter = expression[at++] ?? "";
      let one = letter === "\\" ? readEscape() : letter;
      if (expression[at] === "-" && expression[at + 1] !== "]" && one.length === 1) {
        const last = expression[at + 1] ?? "";
        at += 2;
        const from = one.charCodeAt(0);
        one = Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, index) =>
          String.fromCharCode(from + index),
        ).join("");
      }
      members += one;
    }
    at++;
    if (!isNegated) return members;
    return [...printable].filter((letter) => !members.includes(letter)).join("");
  }

  function readTimes(): number {
    const rest = expression.slice(at);
    const found = /^(?:\{(\d+)(,?)(\d*)\}|[*+?])\??/.exec(rest);
    if (found === null) return 1;
    at += found[0].length;
    const [sign = ""] = found[0];
    if (sign === "?") return next() < 0.5 ? 1 : 0;
    if (sign === "*") return Math.floor(next() * 3);
    if (sign === "+") return 1 + Math.floor(next() * 3);
    const least = Number(found[1]);
    const most = found[2] === "" ? least : found[3] === "" ? least + 10 : Number(found[3]);
    return least + Math.floor(next() * (Math.min(most, least + 12) - least + 1));
  }

  /** Makes one text of what the group holds; called anew for each repetition. */
  function readAlternatives(): () => string {
    const alternatives: (() => string)[][] = [[]];
    while (at < expression.length && expression[at] !== ")") {
      const letter = expression[at++] ?? "";
      let unit: () => string;
      if (letter === "|") {
        alternatives.push([]);
        continue;
      } else if (letter === "(") {
        const flags = /^\?(?:P<\w+>|[a-z-]*[:)])/.exec(expression.slice(at));
        if (flags !== null) at += flags[0].length;
        if (flags?.[0].endsWith(")")) continue;
        unit = readAlternatives();
        at++;
      } else if (letter === "[") {
        const members = readClass();
        unit = () => pick(members);
      } else if (letter === "\\") {
        const members = readEscape();
        unit = () => (members === "" ? "" : pick(members));
      } else if (letter === ".") unit = () => pick(word);
      else if (letter === "^" || letter === "$") unit = () => "";
      else unit = () => letter;
      const counted = /^[{*+?]/.test(expression.slice(at, at + 1));
      const times = counted ? readTimes() : 1;
      alternatives.at(-1)?.push(() => Array.from({ length: times }, unit).join(""));
    }
    return () =>
      pick(alternatives)
        .map((unit) => unit())
        .join("");
  }

  return readAlternatives()();
}
