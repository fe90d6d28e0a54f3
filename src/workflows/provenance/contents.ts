import type { Objects } from "../../git/open-objects.ts";

/** So many bytes of texts are held at a time; a commit may have more. */
const heldBytes = 48 * 1024 * 1024;

/** Blobs by id; those that were read last are held. */
export interface Contents {
  read(blob: string): Promise<Uint8Array | undefined>;
  readAll(blobs: Iterable<string>): Promise<Map<string, Uint8Array>>;
}

export function openContents(objects: Objects): Contents {
  const held = new Map<string, Uint8Array>();
  let bytes = 0;
  const read = async (blob: string): Promise<Uint8Array | undefined> => {
    const known = held.get(blob);
    if (known !== undefined) return known;
    const content = (await objects.read(blob))?.content;
    if (content === undefined) return undefined;
    held.set(blob, content);
    bytes += content.length;
    for (const [oldest, { length }] of held) {
      if (bytes <= heldBytes) break;
      held.delete(oldest);
      bytes -= length;
    }
    return content;
  };
  return {
    read,
    async readAll(blobs) {
      const all = new Map<string, Uint8Array>();
      for (const blob of new Set(blobs)) {
        const content = await read(blob);
        if (content !== undefined) all.set(blob, content);
      }
      return all;
    },
  };
}
