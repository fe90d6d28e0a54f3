/**
 * A text as it reads after some decoding, with the way back: byte `i` of it came from the bytes of the line between
 * `from[i]` and `from[i + 1]`. Without `from` it reads as it stands, from `base` on.
 */
export interface View {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly from: Uint32Array | undefined;
  readonly base: number;
  /** Whether the text before its first byte is unknown: a secret that begins there was seen in the block before. */
  readonly isCut: boolean;
  /** Whether the line goes on behind its last byte: the block behind overlaps by `overlapBytes`. */
  readonly isOpen: boolean;
}

/** So many bytes of a block are looked at again with the block behind it. */
export const overlapBytes = 4 * 1024;

export function placeOf(view: View, at: number): number {
  return view.from === undefined ? view.base + at : (view.from[at] ?? 0);
}

const hexValue = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const folded = byte | 0x20;
  return folded >= 0x61 && folded <= 0x66 ? folded - 0x57 : -1;
};

/** The number of `count` hex digits, or -1. */
function readHex(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = hexValue(bytes[index] ?? 0);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

const simple = new Uint8Array(256);
for (const [letter, byte] of [
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
  ["b", 0x08],
  ["f", 0x0c],
  ['"', 0x22],
  ["/", 0x2f],
  ["\\", 0x5c],
] as const) {
  simple[letter.charCodeAt(0)] = byte;
}

/** Room for one decoded text and its way back, used again for each block. */
export interface Room {
  bytes: Uint8Array;
  from: Uint32Array;
}

export function createRoom(): Room {
  return { bytes: new Uint8Array(0), from: new Uint32Array(0) };
}

/** Nearly all texts are a block of a line: room for one is made at once. */
const usual = 16 * 1024 + 4;

function fit(room: Room, wanted: number): void {
  if (room.bytes.length >= wanted) return;
  const size = Math.max(wanted, usual);
  room.bytes = new Uint8Array(size);
  room.from = new Uint32Array(size + 1);
}

/** Writes a character as UTF-8; all its bytes came from one place. */
function writeCharacter(room: Room, at: number, { code, from }: { code: number; from: number }) {
  const text = new TextEncoder().encode(String.fromCodePoint(code));
  for (const [index, byte] of text.entries()) {
    room.bytes[at + index] = byte;
    room.from[at + index] = from;
  }
  return at + text.length;
}

const isHigh = (code: number): boolean => code >= 0xd800 && code < 0xdc00;
const isLow = (code: number): boolean => code >= 0xdc00 && code < 0xe000;

/** Takes one level of JSON's escapes away. A backslash that begins none of them stays as it is. */
export function unescape(view: View, room: Room): View {
  fit(room, view.length + 4);
  const { bytes, length } = view;
  const text = room.bytes;
  const places = room.from;
  const { from: earlier, base } = view;
  let out = 0;
  for (let at = 0; at < length;) {
    const byte = bytes[at] as number;
    const from = earlier === undefined ? base + at : (earlier[at] as number);
    if (byte !== 0x5c || at + 1 >= length) {
      text[out] = byte;
      places[out++] = from;
      at++;
      continue;
    }
    const letter = bytes[at + 1] ?? 0;
    const plain = simple[letter] ?? 0;
    if (plain !== 0) {
      room.bytes[out] = plain;
      room.from[out++] = from;
      at += 2;
      continue;
    }
    const digits = letter === 0x75 ? 4 : letter === 0x78 ? 2 : 0;
    let code = digits > 0 ? readHex(bytes, at + 2, digits) : -1;
    let taken = 2 + digits;
    if (isHigh(code) && bytes[at + 6] === 0x5c && bytes[at + 7] === 0x75) {
      const low = readHex(bytes, at + 8, 4);
      if (isLow(low)) {
        code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
        taken = 12;
      }
    }
    if (code < 0 || at + taken > length) {
      room.bytes[out] = byte;
      room.from[out++] = from;
      at++;
      continue;
    }
    out = writeCharacter(room, out, { code: isHigh(code) || isLow(code) ? 0xfffd : code, from });
    at += taken;
  }
  room.from[out] = placeOf(view, length);
  const { isCut, isOpen } = view;
  return { bytes: room.bytes, length: out, from: room.from, base: 0, isCut, isOpen };
}

/** Takes the percent signs of a URL away between two places of a view. */
export function unquoteUrl(view: View, [start, end]: readonly [number, number], room: Room): View {
  fit(room, end - start + 4);
  let out = 0;
  for (let at = start; at < end;) {
    const byte = view.bytes[at] ?? 0;
    const code = byte === 0x25 && at + 2 < end ? readHex(view.bytes, at + 1, 2) : -1;
    room.bytes[out] = code < 0 ? byte : code;
    room.from[out++] = placeOf(view, at);
    at += code < 0 ? 1 : 3;
  }
  room.from[out] = placeOf(view, end);
  return {
    bytes: room.bytes,
    length: out,
    from: room.from,
    base: 0,
    isCut: view.isCut && start === 0,
    isOpen: view.isOpen && end === view.length,
  };
}
