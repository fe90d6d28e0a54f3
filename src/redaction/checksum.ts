const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) {
    value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value;
});

function crc32(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xffffffff;
  for (let at = start; at < end; at++) {
    crc = (crcTable[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The six characters in which the tokens of GitHub and npm end: the CRC-32 of those before, in base 62. */
export function tokenChecksum(body: string): string {
  const bytes = new TextEncoder().encode(body);
  let rest = crc32(bytes, 0, bytes.length);
  let text = "";
  for (; rest > 0; rest = Math.floor(rest / 62)) text = (base62[rest % 62] ?? "") + text;
  return text.padStart(6, "0");
}

/** Whether 36 characters end in the checksum of their first 30. */
export function hasTokenChecksum(bytes: Uint8Array, start: number): boolean {
  let rest = crc32(bytes, start, start + 30);
  for (let at = start + 35; at >= start + 30; at--) {
    if (bytes[at] !== base62.charCodeAt(rest % 62)) return false;
    rest = Math.floor(rest / 62);
  }
  return rest === 0;
}
