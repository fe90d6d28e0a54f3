import { closeSync, openSync, readSync } from "node:fs";
import type { RowPlace } from "./rows.ts";

const windowBytes = 256 * 1024;

/** The texts that stand at these places of a file. What stands close together is read at once. */
export function readPlaces(path: string, places: readonly RowPlace[]): string[] {
  if (places.length === 0) return [];
  const descriptor = openSync(path, "r");
  try {
    return readAll(descriptor, places);
  } finally {
    closeSync(descriptor);
  }
}

function readAll(descriptor: number, places: readonly RowPlace[]): string[] {
  let buffer = Buffer.alloc(0);
  let start = 0;
  return places.map(({ offset, length }, at) => {
    if (offset < start || offset + length > start + buffer.length) {
      const next = places[at + 1]?.offset ?? -1;
      const close = next >= offset && next - offset < windowBytes;
      buffer = Buffer.allocUnsafe(close ? Math.max(length, windowBytes) : length);
      start = offset;
      buffer = buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, start));
    }
    return buffer.toString("utf8", offset - start, offset - start + length);
  });
}
