/**
 * Records of others are kept byte for byte: key order, unknown fields and numbers that do not fit a double
 * survive only if the text itself is carried. These functions cut JSON text into the texts of its parts.
 * The text must be valid JSON (`JSON.parse` it first): they look for boundaries and check nothing.
 */

/** The index just behind the string whose opening quote stands at `start`. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    end++;
    if (slashes % 2 === 0) return end;
  }
}

/** The index just behind the value that begins at `start`. Throws a RangeError where it nests deeper than `deepest`. */
function endOfValue(text: string, start: number, deepest = Infinity): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at) - 1;
        if (depth === 0) return at + 1;
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > deepest) throw new RangeError("nested too deep");
        break;
      case 0x7d:
      case 0x5d:
        if (depth === 0) return at;
        depth--;
        if (depth === 0) return at + 1;
        break;
      case 0x2c:
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        if (depth === 0) return at;
        break;
    }
  }
  return text.length;
}

function skipBlank(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

/** The texts of an array's elements, in order. Throws a RangeError where one nests deeper than `deepest`. */
export function splitArray(text: string, { deepest }: { deepest?: number } = {}): string[] {
  const elements: string[] = [];
  let at = skipBlank(text, skipBlank(text, 0) + 1);
  while (at < text.length && text.charCodeAt(at) !== 0x5d) {
    const end = endOfValue(text, at, deepest);
    elements.push(text.slice(at, end));
    at = skipBlank(text, end);
    if (text.charCodeAt(at) === 0x2c) at = skipBlank(text, at + 1);
  }
  return elements;
}

/** The texts of an object's members by key; of a key that occurs twice the last, as `JSON.parse` has it. */
export function splitObject(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = skipBlank(text, skipBlank(text, 0) + 1);
  while (at < text.length && text.charCodeAt(at) === 0x22) {
    const keyEnd = endOfString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const start = skipBlank(text, skipBlank(text, keyEnd) + 1);
    const end = endOfValue(text, start);
    members.set(key, text.slice(start, end));
    at = skipBlank(text, end);
    if (text.charCodeAt(at) === 0x2c) at = skipBlank(text, at + 1);
  }
  return members;
}

/**
 * The same JSON on one line: raw line breaks, which can stand only between tokens, become spaces.
 * Nothing else changes, so text within strings, numbers and the order of keys stay as they came.
 */
export function toSingleLine(text: string): string {
  return /[\n\r]/.test(text) ? text.replace(/[\n\r]/g, " ") : text;
}

/** The object as JSON text without some of its members, everything else as it stood. */
export function withoutMembers(text: string, unwanted: readonly string[]): string {
  const members = splitObject(text);
  if (!unwanted.some((key) => members.has(key))) return text;
  const kept = [...members].filter(([key]) => !unwanted.includes(key));
  return `{${kept.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
}
