import { existsSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { BlobId } from "../../schema/ids.ts";
import type { ProjectPaths } from "../files/paths.ts";

/** Where a transcript's bytes are kept: `conversations/<first two digits>/<sha256>`. */
export function snapshotPath(project: ProjectPaths, blob: BlobId): string {
  return join(project.conversations, blob.slice(0, 2), blob);
}

export function hasSnapshot(project: ProjectPaths, blob: BlobId): boolean {
  return existsSync(snapshotPath(project, blob));
}

/** A snapshot in the cache. */
export interface KeptSnapshot {
  readonly path: string;
  readonly bytes: number;
  /** Of the transcript's last byte: kept as the file's own time. */
  readonly time: Date;
}

/** Undefined where the cache does not have it. */
export function findSnapshot(project: ProjectPaths, blob: BlobId): KeptSnapshot | undefined {
  const path = snapshotPath(project, blob);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return undefined;
  return { path, bytes: stats.size, time: stats.mtime };
}

/** The bytes as a value that can be streamed more than once; empty where the cache does not have them. */
export function openSnapshot(project: ProjectPaths, blob: BlobId): Blob {
  return Bun.file(snapshotPath(project, blob));
}

/** Keeps a snapshot that holds other bytes than its name says, where nobody takes it for one. */
export function setSnapshotAside(project: ProjectPaths, blob: BlobId): void {
  const path = snapshotPath(project, blob);
  let number = 1;
  while (existsSync(`${path}.bad-${number}`)) number++;
  renameSync(path, `${path}.bad-${number}`);
}

export function removeSnapshot(project: ProjectPaths, blob: BlobId): void {
  rmSync(snapshotPath(project, blob), { force: true });
}

/** Gives a snapshot the time of its transcript's last byte, which is where that time is kept. */
export function dateSnapshot(project: ProjectPaths, blob: BlobId, time: string): void {
  const date = new Date(time);
  const kept = findSnapshot(project, blob);
  if (Number.isNaN(date.getTime()) || kept === undefined) return;
  // Unchanged content keeps its file as it is: a push without news touches nothing.
  if (kept.time.getTime() !== date.getTime()) utimesSync(kept.path, date, date);
}
