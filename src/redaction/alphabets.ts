/**
 * No secret leaves: text goes in, the same text with masks in place of secrets comes out, and a list of what was
 * found. Pure: this folder reads no file and asks nobody. Everything is bytes, so that a place in a decoded text
 * can be followed back to the bytes that it came from.
 */

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();

/** The alphabets that shapes name, each by its characters. */
const charactersOf = {
  digit: digits,
  hex: `${digits}abcdef`,
  HEX: `${digits}ABCDEF`,
  anyhex: `${digits}abcdefABCDEF`,
  hexh: `${digits}abcdefgh`,
  lower,
  upper,
  letter: lower + upper,
  lownum: digits + lower,
  upnum: digits + upper,
  alnum: digits + lower + upper,
  word: `${digits}${lower}${upper}_`,
  lowword: `${digits}${lower}_-`,
  base64: `${digits}${lower}${upper}+/`,
  url64: `${digits}${lower}${upper}_-`,
  any64: `${digits}${lower}${upper}+/_-`,
  dotted: `${digits}${lower}${upper}_-.`,
  padded: `${digits}${lower}${upper}_-=`,
  dotpadded: `${digits}${lower}${upper}_-=.`,
  token: `${digits}${lower}${upper}_-=.~+/`,
  percent: `${digits}${lower}${upper}%_-`,
  base32: `${upper}234567`,
  bech32: "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
  pad: "=",
  crypt: `${digits}${lower}${upper}./`,
  slashed: `${digits}${lower}${upper}/`,
  value: `${digits}${lower}${upper}_-=.~+/!#$%^&*()?:@`,
} as const;

export type Alphabet = keyof typeof charactersOf;

/** A set of bytes as a table: 1 where the byte belongs to it. */
export type ByteSet = Uint8Array;

export function byteSet(characters: string): ByteSet {
  const table = new Uint8Array(256);
  for (let at = 0; at < characters.length; at++) table[characters.charCodeAt(at)] = 1;
  return table;
}

export const alphabetNames = Object.keys(charactersOf) as Alphabet[];
export const alphabetTables: readonly ByteSet[] = alphabetNames.map((name) =>
  byteSet(charactersOf[name]),
);

export function isAlphabet(name: string): name is Alphabet {
  return Object.hasOwn(charactersOf, name);
}

export function charactersIn(name: Alphabet): string {
  return charactersOf[name];
}

export const alphanumeric = byteSet(charactersOf.alnum);
export const blank = byteSet(" \t\r\n");
