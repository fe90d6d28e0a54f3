import { alphanumeric, byteSet } from "./alphabets.ts";
import { entropyOf } from "./entropy.ts";
import type { View } from "./view.ts";

const nameBytes = byteSet(" \t_.-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
const closing = byteSet(" \t'\"])");
const operators = byteSet("=>:|?,");
const opening = byteSet("`'\" \t=([");
const quotes = byteSet("`'\"");
const valueBytes = byteSet(
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_.~-!@#%^&*?:$",
);

/** Where the value of `name = "value"` begins, from behind the telling word; -1 where nothing is assigned. */
export function startOfValue(view: View, end: number): number {
  const { bytes, length } = view;
  let at = end;
  const skip = (set: Uint8Array, most: number): number => {
    const stop = Math.min(length, at + most);
    const from = at;
    while (at < stop && set[bytes[at] ?? 0] === 1) at++;
    return at - from;
  };
  skip(nameBytes, 24);
  if (endsInSum(bytes, end, at)) return -1;
  skip(closing, 4);
  // As in `<add key="Password" value="…" />`.
  if (hasWord(bytes, at, "value")) at += 5;
  if (skip(operators, 4) === 0) return -1;
  skip(opening, 6);
  return at < length ? at : -1;
}

function hasWord(bytes: Uint8Array, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index++) {
    if (((bytes[at + index] ?? 0) | 0x20) !== word.charCodeAt(index)) return false;
  }
  return true;
}

/** Whether a name ends in that of a kind of sum, as in `…/auth v1.2.3 h1:…`: sums are no secrets. */
function endsInSum(bytes: Uint8Array, from: number, to: number): boolean {
  const name = String.fromCharCode(...bytes.subarray(Math.max(from, to - 8), to));
  return /(?:^|[\s_.-])(?:h1|sha-?\d{1,3}|md5)$/i.test(name);
}

/** Words in a key; `isPassword` ones hold what a person made up, others what was drawn by lot. */
export const tellingWords: readonly { readonly word: string; readonly isPassword: boolean }[] = [
  ...["password", "passwd", "passphrase", "passwort", "pwd"].map((word) => ({
    word,
    isPassword: true,
  })),
  ...[
    "secret",
    "token",
    "api_key",
    "api-key",
    "apikey",
    "access_key",
    "access-key",
    "accesskey",
    "auth_key",
    "authkey",
    "private_key",
    "privatekey",
    "secret_key",
    "secretkey",
    "encryption_key",
    "signing_key",
    "credential",
    "bearer",
    "authorization",
  ].map((word) => ({ word, isPassword: false })),
];

const placeholders =
  /^(?:x+|\*+|\.+|-+|change.?me|changeit|example|placeholder|redacted|your.*|my.?(?:secret|password|token).*|test|password\d*|passw0rd|secret\d*|none|null|undefined|true|false|string|required|optional|hidden|dummy.*|fake.*|sample.*|insert.*|todo|user|username|admin|root|postgres|pass|pw|pwd|token|guest)$/i;
const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const codeLike =
  /^[\w$]+(?:\.[A-Za-z_$][\w$]*)+$|^[A-Z][A-Z0-9_]*$|^(?:[a-z]+[_-])*[a-z]+$|^[A-Za-z]+$|\(|^[$%<{[]|^(?:https?|file):\/\/[^@]*$|^\d+(?:[.:,-]\d+)*$/;

const longestValue = 2048;

/** The telling value at a place, where it looks like a secret: its end, else -1. */
export function secretValueEnd(view: View, start: number, isPassword: boolean): number {
  const { bytes, length } = view;
  const quote = quotes[bytes[start - 1] ?? 0] === 1 ? bytes[start - 1] : undefined;
  const stop = Math.min(length, start + longestValue);
  let end = start;
  while (end < stop && valueBytes[bytes[end] ?? 0] === 1) end++;
  const isClosed = end >= length || !(alphanumeric[bytes[end] ?? 0] === 1);
  if (!isClosed || end === stop) return -1;
  if (quote === undefined && (bytes[end] === 0x28 || bytes[end] === 0x5b)) return -1;
  if (quote === undefined)
    while (end > start && /[.:,?!]/.test(String.fromCharCode(bytes[end - 1] ?? 0))) end--;
  const size = end - start;
  if (size < (isPassword ? 8 : 16)) return -1;
  const text = String.fromCharCode(...bytes.subarray(start, end));
  if (placeholders.test(text) || codeLike.test(text)) return -1;
  if (!/\d/.test(text) || !/[A-Za-z]/.test(text)) return -1;
  if (!isPassword && uuidShape.test(text)) return -1;
  // Several words with digits in them are a name, a path or a version, not a value drawn by lot.
  if (
    !isPassword &&
    /^[a-z0-9]+(?:[/._:@-][a-z0-9]+)+$/i.test(text) &&
    !/[A-Za-z]*\d[A-Za-z]+\d/.test(text)
  )
    return -1;
  return entropyOf(bytes, start, end) >= (isPassword ? 2.75 : 3.5) ? end : -1;
}

/** Whether the text from a telling word on is a word of its own: `token`, not `tokenizer` or `tokens`. */
export function endsAsWord(view: View, end: number): boolean {
  const byte = view.bytes[end] ?? 0x20;
  return !(byte >= 0x61 && byte <= 0x7a);
}

/** Behind `Bearer` or `Basic` a value stands without an operator. */
export function bearerValue(view: View, end: number): [start: number, end: number] | undefined {
  const { bytes, length } = view;
  if (bytes[end] !== 0x20) return undefined;
  let at = end + 1;
  const stop = Math.min(length, at + 4096);
  while (at < stop && valueBytes[bytes[at] ?? 0] === 1) at++;
  const start = end + 1;
  if (at - start < 16 || entropyOf(bytes, start, at) < 3.2) return undefined;
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(at, start + 128)));
  return /\d/.test(text) && /[A-Za-z]/.test(text) && !codeLike.test(text) ? [start, at] : undefined;
}

const hostByte = byteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789[");
const userBytes = byteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.%+-$!~");
const passBytes = byteSet(
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.%+-$!~*^&=#?/:",
);

/** The password in `scheme://user:password@host`, from behind the slashes. */
export function urlPassword(view: View, end: number): [start: number, end: number] | undefined {
  const { bytes, length } = view;
  let at = end;
  const userStop = Math.min(length, end + 128);
  while (at < userStop && userBytes[bytes[at] ?? 0] === 1) at++;
  if (bytes[at] !== 0x3a) return undefined;
  const start = ++at;
  const stop = Math.min(length, start + 256);
  while (at < stop && passBytes[bytes[at] ?? 0] === 1) at++;
  if (bytes[at] !== 0x40 || at - start < 4 || hostByte[bytes[at + 1] ?? 0] !== 1) return undefined;
  const text = String.fromCharCode(...bytes.subarray(start, at));
  return placeholders.test(text) || /^[$%]|^\/|^\d{1,5}\//.test(text) ? undefined : [start, at];
}
