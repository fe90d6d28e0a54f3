import { alphanumeric, byteSet } from "./alphabets.ts";
import type { View } from "./view.ts";

export function maskOf(rule: string): string {
  return `[redacted:${rule}]`;
}

const head = new TextEncoder().encode("[redacted:");
/** What a rule's id is made of. */
const idBytes = byteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
const longestMask = 80;

/** Whether a mask begins at a place. */
export function isMaskAt({ bytes }: View, at: number): boolean {
  return head.every((byte, index) => bytes[at + index] === byte);
}

/** Whether a place lies within a mask, behind its colon: words of a rule's id name nothing. */
export function isInMask(view: View, place: number): boolean {
  let at = place;
  while (at > 0 && place - at < longestMask && idBytes[view.bytes[at - 1] ?? 0] === 1) at--;
  return view.bytes[at - 1] === 0x3a && at >= head.length && isMaskAt(view, at - head.length);
}

/** Whether all that could be secret between two places is masked already. */
export function isMaskedWhole(view: View, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (isInMask(view, at) || isMaskAt(view, at)) at = endOfMask(view, at);
    else if (alphanumeric[view.bytes[at] ?? 0] === 1) return false;
  }
  return true;
}

/** The bracket that closes a mask. */
function endOfMask({ bytes, length }: View, from: number): number {
  let at = from;
  while (at < length && bytes[at] !== 0x5d) at++;
  return at;
}
