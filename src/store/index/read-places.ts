import { closeSync, openSync, readSync } from "node:fs";

/** Where the row of a key stands in its file. */
export interface FilePlace {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

const windowBytes = 256 * 1024;

/** The texts that stand at these places of a file. What stands close together is read at once. */
export function readPlaces(path: string, places: readonly FilePlace[]): string[] {
  return readAll(path, places, (bytes) => bytes.toString());
}

/** The hex SHA-256 of each text, without making text of it; undefined where its key does not stand in it. */
export function hashPlaces(path: string, places: readonly FilePlace[]): (string | undefined)[] {
  return readAll(path, places, (bytes, { key }) =>
    bytes.includes(key) ? Bun.SHA256.hash(bytes, "hex") : undefined,
  );
}

type Take<T> = (bytes: Buffer, place: FilePlace) => T;

function readAll<T>(path: string, places: readonly FilePlace[], take: Take<T>): T[] {
  if (places.length === 0) return [];
  const descriptor = openSync(path, "r");
  try {
    return readWindows(descriptor, places, take);
  } finally {
    closeSync(descriptor);
  }
}

function readWindows<T>(descriptor: number, places: readonly FilePlace[], take: Take<T>): T[] {
  let buffer = Buffer.alloc(0);
  let start = 0;
  return places.map((place, at) => {
    const { offset, length } = place;
    if (offset < start || offset + length > start + buffer.length) {
      const next = places[at + 1]?.offset ?? -1;
      const close = next >= offset && next - offset < windowBytes;
      buffer = Buffer.allocUnsafe(close ? Math.max(length, windowBytes) : length);
      start = offset;
      buffer = buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, start));
    }
    return take(buffer.subarray(offset - start, offset - start + length), place);
  });
}
