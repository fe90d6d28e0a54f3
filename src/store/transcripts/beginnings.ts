import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type BlobId, isBlobId } from "../../schema/ids.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readParts } from "./hash-file.ts";
import { findSnapshot } from "./snapshot.ts";

/**
 * The snapshots in the cache with whose bytes this one begins: earlier forms of one transcript, of which nothing else may
 * tell. Reads the names of the whole cache, and this snapshot once.
 */
export function beginningsOf(project: ProjectPaths, blob: BlobId): BlobId[] {
  const whole = findSnapshot(project, blob);
  if (whole === undefined) return [];
  const bySize = new Map<number, Set<BlobId>>();
  for (const other of listSnapshots(project)) {
    const bytes = other === blob ? undefined : findSnapshot(project, other)?.bytes;
    if (bytes === undefined || bytes >= whole.bytes) continue;
    bySize.set(bytes, (bySize.get(bytes) ?? new Set()).add(other));
  }
  const found: BlobId[] = [];
  const hasher = new Bun.CryptoHasher("sha256");
  let position = 0;
  for (const end of [...bySize.keys()].sort((a, b) => a - b)) {
    for (const part of readParts(whole.path, end, position)) hasher.update(part);
    position = end;
    const name = hasher.copy().digest("hex") as BlobId;
    if (bySize.get(end)?.has(name) === true) found.push(name);
  }
  return found;
}

function* listSnapshots({ conversations }: ProjectPaths): Generator<BlobId> {
  for (const folder of namesIn(conversations)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of namesIn(join(conversations, folder))) if (isBlobId(name)) yield name;
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
