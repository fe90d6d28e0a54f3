import type { BlobId } from "../schema/ids.ts";

/** How far back a line break is looked for before a step ends within a line. */
const longestLine = 1024 * 1024;
const newline = 0x0a;

/** The digests of the first so many bytes of a content, all in one reading. */
export async function digestsAt(
  content: Blob,
  ends: readonly number[],
): Promise<Map<number, BlobId>> {
  const found = new Map<number, BlobId>();
  const wanted = [...new Set(ends)].sort((a, b) => a - b);
  const last = wanted.at(-1);
  if (last === undefined) return found;
  const hasher = new Bun.CryptoHasher("sha256");
  let at = 0;
  for await (const chunk of content.slice(0, last).stream()) {
    let used = 0;
    for (let end = wanted[0]; end !== undefined && end <= at + chunk.length; end = wanted[0]) {
      hasher.update(chunk.subarray(used, end - at));
      used = end - at;
      found.set(end, hasher.copy().digest("hex") as BlobId);
      wanted.shift();
    }
    hasher.update(chunk.subarray(used));
    at += chunk.length;
  }
  return found;
}

/**
 * Cuts what lies behind `from` into steps of at most `most` bytes; gives where each ends. A step ends at a line break
 * where there is one, since a last line may still be rewritten.
 */
export async function cutAtLines(content: Blob, from: number, most: number): Promise<number[]> {
  const ends: number[] = [];
  let start = from;
  while (content.size - start > most) {
    const window = Math.max(start, start + most - longestLine);
    const bytes = new Uint8Array(await content.slice(window, start + most).arrayBuffer());
    const at = bytes.lastIndexOf(newline);
    start = at < 0 ? start + most : window + at + 1;
    ends.push(start);
  }
  ends.push(content.size);
  return ends;
}
