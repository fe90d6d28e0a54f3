import { alphabetTables, alphabetNames } from "./alphabets.ts";
import type { View } from "./view.ts";

const inRun = alphabetTables[alphabetNames.indexOf("any64")] ?? new Uint8Array(256);
const shortest = 40;

const sextet = new Uint8Array(256);
const order = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
for (let index = 0; index < 64; index++) sextet[order.charCodeAt(index)] = index;
sextet[0x2d] = 62;
sextet[0x5f] = 63;

/** Runs of base64's characters that are long enough to hold a secret. Looks at every fortieth byte first. */
export function* base64Runs(view: View): Generator<[start: number, end: number]> {
  const { bytes, length } = view;
  for (let at = 0; at + shortest <= length;) {
    let back = at + shortest - 1;
    while (back >= at && inRun[bytes[back] ?? 0] === 1) back--;
    if (back >= at) {
      at = back + 1;
      continue;
    }
    let end = at + shortest;
    while (end < length && inRun[bytes[end] ?? 0] === 1) end++;
    yield [at, end];
    at = end + 1;
  }
}

function decode(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const out = new Uint8Array(((end - start) >> 2) * 3 + 3);
  let size = 0;
  let bits = 0;
  let held = 0;
  for (let at = start; at < end; at++) {
    held = ((held << 6) | (sextet[bytes[at] ?? 0] ?? 0)) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[size++] = (held >> bits) & 0xff;
  }
  return out.subarray(0, size);
}

function isText(bytes: Uint8Array): boolean {
  let plain = 0;
  for (const byte of bytes)
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09) plain++;
  return plain >= bytes.length * 0.95;
}

/** What a run says in base64, where it says text: it may begin at any of four places, since its start may be cut. */
export function decodeText(view: View, start: number, end: number): Uint8Array | undefined {
  for (let phase = 0; phase < 4; phase++) {
    const from = start + phase;
    if (isText(decode(view.bytes, from, Math.min(end, from + 36))))
      return decode(view.bytes, from, end);
  }
  return undefined;
}
