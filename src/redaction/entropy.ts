const counts = new Uint16Array(256);
/** So much of a text is looked at: what repeats shows early. */
const sample = 128;
const logarithms = Float64Array.from({ length: sample + 1 }, (_, n) =>
  n === 0 ? 0 : n * Math.log2(n),
);

/** Shannon's entropy of bytes, in bits for each; 0 for one letter repeated, 6 for long random base64. */
export function entropyOf(bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + sample);
  const length = stop - start;
  if (length <= 0) return 0;
  for (let at = start; at < stop; at++) counts[bytes[at] ?? 0] = (counts[bytes[at] ?? 0] ?? 0) + 1;
  let sum = 0;
  for (let at = start; at < stop; at++) {
    const byte = bytes[at] ?? 0;
    sum += logarithms[counts[byte] ?? 0] ?? 0;
    counts[byte] = 0;
  }
  return Math.log2(length) - sum / length;
}
