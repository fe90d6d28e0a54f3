import type { BlobPart } from "./records.ts";

/** Plain bytes of a segment: what an upload costs in memory. */
export const segmentBytes = 16 * 1024 * 1024;

/** The parts, and parts of parts, that make up these bytes of a blob. A part that is cut loses its hash's state. */
export function* range(
  parts: readonly BlobPart[],
  { from, to }: { from: number; to: number },
): Generator<BlobPart> {
  let at = 0;
  for (const part of parts) {
    const end = at + part.length;
    const [first, last] = [Math.max(from, at), Math.min(to, end)];
    if (first < last) {
      yield {
        ...part,
        start: part.start + first - at,
        length: last - first,
        state: last === end ? part.state : null,
      };
    }
    at = end;
  }
}

/**
 * The last parts that are to be written once more together with what is new, so that lists stay short: each is at most
 * twice as long as all behind it, so a byte is written again only when what it lies in has grown by half.
 */
export function mergeable(kept: readonly BlobPart[], added: number): readonly BlobPart[] {
  let first = kept.length;
  let bytes = added;
  for (; first > 0; first--) {
    const part = kept[first - 1];
    if (part === undefined || part.encoding === "plain") break;
    if (part.length > 2 * bytes || part.length + bytes > segmentBytes) break;
    bytes += part.length;
  }
  return kept.slice(first);
}
