import { closeSync, fstatSync } from "node:fs";
import { type HashState, beginHash } from "../../hash-state.ts";
import type { BlobId } from "../../schema/ids.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { type Incoming, beginIncoming, giveName, writeChunk } from "./incoming-file.ts";
import type { RewriteState, Rewriting } from "./rewrite.ts";
import { type SnapshotSource, abandon, copyFrom } from "./write-snapshot.ts";

export interface SnapshotWork {
  readonly signal: AbortSignal;
  readonly rewriting?: Rewriting | undefined;
}

/** What a snapshot is called, and where it ends: what it takes to make the next one out of it. */
export interface TakenSnapshot {
  readonly blob: BlobId;
  readonly size: number;
  /** How far its rewriting had come at its last whole line. */
  readonly state: RewriteState | undefined;
  /** The state of its hash there; without a rewriting, at its end. */
  readonly hash: Uint8Array;
}

/** Takes a source into a file, through its rewriting, and gives what the snapshot is called then. */
export async function takeIn(
  incoming: Incoming & { readonly hasher: HashState },
  source: SnapshotSource,
  { signal, rewriting }: SnapshotWork,
): Promise<TakenSnapshot> {
  const keep = (chunk: Uint8Array): void => writeChunk(incoming, chunk);
  let chunks = 0;
  const copy = async (part: SnapshotSource, write: typeof keep): Promise<void> => {
    for (const _ of copyFrom(part, write)) {
      if (++chunks % 16 === 0) await new Promise<void>((resume) => setImmediate(resume));
      signal.throwIfAborted();
    }
  };
  if (source.after !== undefined) await copy(source.after, keep);
  await copy(source, (chunk) => keep(rewriting?.write(chunk) ?? chunk));
  const state = rewriting?.state;
  const hash = incoming.hasher.save();
  if (rewriting !== undefined) keep(rewriting.end());
  const { size } = fstatSync(incoming.descriptor);
  return { blob: incoming.hasher.digest(), size, state, hash };
}

/** Makes a snapshot of a source as a file of its own, letting signals through between chunks. */
export async function takeSnapshot(
  project: ProjectPaths,
  source: SnapshotSource,
  work: SnapshotWork,
): Promise<TakenSnapshot> {
  const hasher = await beginHash();
  const incoming = { ...beginIncoming(`${source.path}.tmp`, hasher), hasher };
  try {
    const taken = await takeIn(incoming, source, work);
    giveName(project, incoming, taken.blob);
    return taken;
  } catch (error) {
    return abandon(incoming, error);
  } finally {
    closeSync(incoming.descriptor);
  }
}
